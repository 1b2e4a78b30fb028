"""Why a process of a function ended that could not say so itself: Lambda's words in its log.

Such a process cannot be loaded, has used up its memory, or its time. What an exception of the
team's says is left out, because it may hold what a user wrote.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from . import logs

ENDED = "ended without an answer"
_PATTERN = '?"[ERROR]" ?"Task timed out" ?"Runtime exited"'
_REASONS = re.compile(
    r"\[ERROR\] Runtime\.\w+: (.+)"
    r"|\[ERROR\] ([\w.]+)(?::|$)"
    r"|(Task timed out after [\d.]+ seconds)"
    r"|(Runtime exited .+)",
    re.MULTILINE,
)


def reason(text: str) -> str:
    """What a line of Lambda's says about it; empty if it is about something else."""
    found = _REASONS.search(text)
    return next(filter(None, found.groups())) if found else ""


def found(group: str, since: float) -> Iterator[Mapping[str, Any]]:
    """Each such end in a log since then (epoch seconds), with the fields of our own lines."""
    for line in logs.lines(group, _PATTERN, since):
        if not line.fields and (why := reason(line.text)):
            yield {"event": ENDED, "time": line.time / 1000, "reason": why}

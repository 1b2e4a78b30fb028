"""What went wrong with a push, read from its log lines one after another."""

import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

_OVER = ("answered", "replayed", "silent", "sent", "drained", "done", "delivered", "cancelled")
"""Outcomes after which the user misses nothing that they still want, whatever failed before."""
_FRAME = re.compile(r'\s+File "(?P<path>.*?)", line (?P<line>\d+)')
_ERRCODE = re.compile(r"\((-?\d+) ")
_HANDLERS = "handlers"
_INTERRUPTED = "Interrupted"
"""What ends a handler where it runs; the exception before it says why."""


def problem(entry: Mapping[str, Any], before: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """The problem after this line: its name, the reason, and the exception with its place."""
    reason = str(entry.get("reason", ""))
    errcode = _ERRCODE.search(reason)
    details = {
        "reason": reason,
        "errcode": errcode[1] if errcode else "",
        "cause": raised(entry.get("cause", [])),
    }
    was_dropped = before is not None and before["name"] == "dropped"
    is_dead = before is not None and before["name"] == "dead"
    if "AnswerDropped" in entry:
        return {"name": "dropped", **details}
    if is_dead and "AnswerWaiting" in entry:
        return before  # which is the apology
    if "AnswerWaiting" in entry or (entry.get("outcome") == "waits" and before is None):
        return {"name": "waiting", **details}
    if "JobDead" in entry:
        return {"name": "dead", **details}
    if "JobFailed" in entry or "PushFailed" in entry:
        return {"name": "failed", **details}
    return before if was_dropped or entry.get("outcome") not in _OVER else None


def raised(cause: list[str]) -> str:
    """The innermost exception, and the place in the handlers, if any, where it was raised."""
    return "".join(_innermost(cause))


def failure(entry: Mapping[str, Any]) -> str:
    """The same of a line, in the backend's own words, if it has a reason: it says what to do.

    Of other exceptions only the name, because what they say may quote a user's words.
    """
    heading, place = _innermost(entry.get("cause", []))
    return (entry.get("reason") or heading.partition(":")[0]) + place


def _innermost(cause: list[str]) -> tuple[str, str]:
    headings = [number for number, each in enumerate(cause) if not _FRAME.match(each)]
    if not headings:
        return "", ""
    told = [number for number in headings if not cause[number].startswith(_INTERRUPTED)]
    innermost = (told or headings)[-1]
    frames = [found for each in cause[innermost:] if (found := _FRAME.match(each))]
    paths = [(PurePath(frame["path"]), frame["line"]) for frame in frames]
    own = [each for each in paths if _HANDLERS in each[0].parts] or paths
    return cause[innermost], "".join(f" — {path.name}:{line}" for path, line in own[-1:])

"""Why jobs are dead, by what their workers logged."""

import time
from collections.abc import Mapping
from typing import Any

from . import logs
from .dead_letters import DeadLetter
from .target import Target

_DEAD = "{ $.JobDead = 1 }"


def of(target: Target, letters: list[DeadLetter]) -> Mapping[str, Mapping[str, Any]]:
    """What a worker logged when each one failed for good, by name. Some logs may be gone."""
    if not letters:
        return {}
    _, *workers = logs.groups(target)
    since = time.time() - max(each.age for each in letters)
    fields = [line.fields for group in workers for line in logs.lines(group, _DEAD, since)]
    return {each["identity"]: each for each in fields if each.get("JobDead") and "identity" in each}


def in_words(reason: Mapping[str, Any]) -> str:
    """The reason in a few words, without anything that a user wrote."""
    return str(reason.get("reason") or next(iter(reason.get("cause", [])), "?"))

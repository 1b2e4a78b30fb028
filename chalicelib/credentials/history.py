"""Finds the versions of a secret that still count.

SSM    token:4 ────────┬─ token:5 ─────────────────────     operators write here first
WeChat ─ signs with :4 ┴──────┬─ signs with :5 ────────     and a minute later here
we     ─ :4 ──────────────────┴ :5, and :4 for 24 h ───
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from ..ports import Parameter, Parameters

BATCH = 4
"""Older versions of each secret per call, because a call may name ten parameters."""
READS = 6
"""Most calls in a row: enough to follow twenty changes within a day."""


def read_histories(
    parameters: Parameters, graces: Mapping[str, float], now: float
) -> dict[str, list[Parameter]]:
    """Each secret's versions that count, newest first.

    A version counts if it was current within the secret's grace (seconds). Raises Unavailable.
    """
    found_so_far: dict[str, list[Parameter]] = {name: [] for name in graces}
    wanted: Sequence[str] = list(graces)
    for _ in range(READS):
        found = parameters.read(wanted)
        for parameter in sorted(found, key=lambda each: each.version, reverse=True):
            found_so_far[parameter.name].append(parameter)
        wanted = [
            selector
            for name, history in found_so_far.items()
            for selector in _older(history, now - graces[name])
        ]
        if not wanted or not found:
            break
    return {name: _counting(history, now - graces[name]) for name, history in found_so_far.items()}


def _counting(history: list[Parameter], since: float) -> list[Parameter]:
    """The versions in `history`, newest first, that were current at any time after `since`.

    Operators retire all earlier versions by writing the same value twice.
    """
    counting = history[:1]
    for newer, older in pairwise(history):
        if newer.modified <= since or older.value == newer.value:
            break
        counting.append(older)
    return counting


def _older(history: list[Parameter], since: float) -> list[str]:
    """The next versions to read; none if the ones we have show that no older one counts."""
    if not history or len(_counting(history, since)) < len(history):
        return []
    oldest = history[-1]
    if oldest.modified <= since:
        return []
    versions = range(oldest.version - 1, max(0, oldest.version - 1 - BATCH), -1)
    return [f"{oldest.name}:{version}" for version in versions]

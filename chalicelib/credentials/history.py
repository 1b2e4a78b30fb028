"""Finds the versions of a secret that still count.

SSM    token:4 ────────┬─ token:5 ─────────────────────     operators write here first
WeChat ─ signs with :4 ┴──────┬─ signs with :5 ────────     and a minute later here
we     ─ :4 ──────────────────┴ :5, and :4 for 24 h ───

A call asks for one version of each secret. No document says that SSM answers several versions of
one parameter in one call, and a version that is not answered is a push that is refused.
"""

from collections.abc import Mapping
from itertools import pairwise

from ..ports import Parameter, Parameters

READS = 20
"""Most calls in a row: enough to follow as many changes within a day."""


def read_histories(
    parameters: Parameters, graces: Mapping[str, float], now: float
) -> dict[str, list[Parameter]]:
    """Each secret's versions that count, newest first.

    A version counts if it was current within the secret's grace (seconds). Raises Unavailable.
    """
    histories: dict[str, list[Parameter]] = {name: [] for name in graces}
    wanted = list(graces)
    for _ in range(READS):
        found = parameters.read(wanted)
        for parameter in found:
            histories[parameter.name].append(parameter)
        wanted = [
            f"{each.name}:{each.version - 1}"
            for each in found
            if _older_may_count(histories[each.name], now - graces[each.name])
        ]
        if not wanted:
            break
    return {name: _counting(history, now - graces[name]) for name, history in histories.items()}


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


def _older_may_count(history: list[Parameter], since: float) -> bool:
    """Whether a version before those in `history` may have been current after `since`."""
    oldest = history[-1]
    return (
        oldest.version > 1
        and oldest.modified > since
        and len(_counting(history, since)) == len(history)
    )

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


class Histories:
    """The versions that count of secrets with graces (seconds after which an older one ends).

    A secret with the same current version as before has the same older ones, so in the days of a
    change a read is one call, too.
    """

    def __init__(self, parameters: Parameters, graces: Mapping[str, float]) -> None:
        self._parameters = parameters
        self._graces = graces
        self._current: dict[str, Parameter] = {}
        self._histories: dict[str, list[Parameter]] = {}

    def read(self, now: float) -> dict[str, list[Parameter]]:
        """Each secret's versions that were current within its grace, newest first.

        Raises Unavailable.
        """
        current = {each.name: each for each in self._parameters.read(list(self._graces))}
        if current != self._current:
            self._histories = self._with_older(current, now)
            self._current = current
        return {
            name: _counting(self._histories.get(name, []), now - grace)
            for name, grace in self._graces.items()
        }

    def _with_older(
        self, current: Mapping[str, Parameter], now: float
    ) -> dict[str, list[Parameter]]:
        histories = {name: [parameter] for name, parameter in current.items()}
        found = list(current.values())
        for _ in range(READS):
            wanted = [
                f"{each.name}:{each.version - 1}"
                for each in found
                if _older_may_count(histories[each.name], now - self._graces[each.name])
            ]
            if not wanted:
                break
            found = self._parameters.read(wanted)
            for parameter in found:
                histories[parameter.name].append(parameter)
        return histories


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

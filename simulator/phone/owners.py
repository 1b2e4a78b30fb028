"""Whose a call, a late message or a line without identity was: of the push in hand at that time.

The worker does the jobs of one user one after another, and its line about a try tells when that
began. Jobs of several users run side by side; what two of them span is shown with neither.
"""

import time
from collections.abc import Sequence
from typing import NamedTuple

from .behind import Behind
from .conversation import Entry, Late, Turn
from .logs import Line

_SLACKS = (0, 0.05)
"""Seconds by which the clocks of two processes may seem to differ; none, if that is enough."""
_APOLOGY = 1
"""Seconds in which the apology goes out, after the line that tells of the last try."""


class Try(NamedTuple):
    """When the worker had the job of that push in hand."""

    identity: str
    begin: float
    end: float


class Owners:
    """Finds the push behind each thing, as far as the log proves it."""

    def __init__(self, entries: Sequence[Entry], behind: Behind) -> None:
        self._entries = entries
        self._known = behind.logged
        turns = [each for each in entries if isinstance(each, Turn) and each.identity]
        self._turns = {turn.identity: turn for turn in turns}
        done = [_told(line) for line in behind.lines if _is_of_a_try(line)]
        self._tries = [*done, *self._under_way(done, behind)]

    def owns(self, turn: Turn, at: float, openid: str = "") -> bool:
        """Whether it was the turn's job that did something at that time, about that user."""
        own = [each for each in self._tries if each.identity == turn.identity]
        return bool(_spanning(own, at, _SLACKS[-1])) and self._of(at, openid) == turn.identity

    def late(self, turn: Turn) -> list[Late]:
        """The messages that the turn's job sent; without a log, those before the next turn."""
        later = [each for each in self._entries[turn.number + 1 :] if each.openid == turn.openid]
        if self._known:
            sent = [each for each in later if isinstance(each, Late)]
            return [each for each in sent if self.owns(turn, each.at, turn.openid)]
        came = []
        for each in later:
            if isinstance(each, Turn):
                break
            came.append(each)
        return came

    def cause(self, late: Late) -> Turn | None:
        """The turn whose job sent the message; without a log, the one before it."""
        if self._known:
            return self._turns.get(self._of(late.at, late.openid))
        before = self._entries[: late.number]
        turns = [each for each in before if isinstance(each, Turn) and each.openid == late.openid]
        return turns[-1] if turns else None

    def _of(self, at: float, openid: str) -> str:
        """The identity of the push; empty when nothing proves it."""
        fitting = [each for each in self._tries if not openid or self._may_be(each, openid)]
        for slack in _SLACKS:
            found = _spanning(fitting, at, slack)
            if openid and all(each.identity in self._turns for each in found):
                found = sorted(found, key=lambda each: each.begin)[-1:]
            identities = {each.identity for each in found}
            if identities:
                return identities.pop() if len(identities) == 1 else ""
        return ""

    def _may_be(self, each: Try, openid: str) -> bool:
        turn = self._turns.get(each.identity)
        return turn is None or turn.openid == openid

    def _under_way(self, done: Sequence[Try], behind: Behind) -> list[Try]:
        """The jobs that are in hand now, of which there is no line yet."""
        found = []
        for identity, turn in self._turns.items():
            if behind.in_hand(identity):
                ended = [each.end for each in done if self._may_be(each, turn.openid)]
                found.append(Try(identity, max([turn.at, *ended]), time.time()))
        return found


def _is_of_a_try(line: Line) -> bool:
    return line.source == "worker" and bool(line.identity) and "JobMilliseconds" in line.entry


def _told(line: Line) -> Try:
    apology = _APOLOGY if "JobDead" in line.entry else 0
    return Try(line.identity, line.since, line.at + apology)


def _spanning(tries: Sequence[Try], at: float, slack: float) -> list[Try]:
    return [each for each in tries if each.begin - slack <= at <= each.end + slack]

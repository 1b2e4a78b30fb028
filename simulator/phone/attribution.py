"""Whose a call, a late message or a line without identity was: of the job in hand at that time.

The worker does the jobs of one user one after another, and its line about a try tells when that
began. Jobs of several users run side by side; what two of them span is shown with neither. A job
is a push's own, or a message that was sent for a push, or one that was sent for none.
"""

import time
from collections.abc import Sequence
from typing import NamedTuple

from .backend_view import APOLOGY, BackendView
from .conversation import Entry, Late, Turn
from .logs import Line
from .sent_messages import identities_sent_for

_SLACKS = (0, 0.05)
"""Seconds by which the clocks of two processes may seem to differ; none, if that is enough."""


class Try(NamedTuple):
    """When the worker had the job of that identity in hand."""

    identity: str
    begin: float
    end: float


class Job(NamedTuple):
    """Who gets the answer of a job, and the turn that it was made for."""

    openid: str
    turn: Turn


class Attribution:
    """Finds the push behind each thing, as far as the log proves it."""

    def __init__(self, entries: Sequence[Entry], backend: BackendView) -> None:
        self._entries = entries
        self._backend = backend
        self._known = backend.logged
        done = [_try(line) for line in backend.lines if _is_of_a_try(line)]
        turns = [each for each in entries if isinstance(each, Turn) and each.identity]
        self._jobs = {turn.identity: Job(turn.openid, turn) for turn in turns}
        self._jobs |= self._sent_messages({each.identity for each in done} | backend.jobs.keys())
        self._tries = [*done, *self._under_way(done)]

    def owns(self, turn: Turn, at: float, openid: str = "") -> bool:
        """Whether it was a job of the turn that did something at that time, about that user."""
        return self.is_of(turn, self.job_at(at, openid))

    def is_of(self, turn: Turn, identity: str) -> bool:
        """Whether a job is the turn's, or that of a message which was sent for it."""
        job = self._jobs.get(identity)
        return job is not None and job.turn.number == turn.number

    def late(self, turn: Turn) -> list[Late]:
        """The messages that the turn's jobs sent; without a log, those before the next turn."""
        later = self._entries[turn.number + 1 :]
        if self._known:
            sent = [each for each in later if isinstance(each, Late)]
            return [each for each in sent if self.owns(turn, each.at, each.openid)]
        came = []
        for each in later:
            if each.openid != turn.openid:
                continue
            if isinstance(each, Turn):
                break
            came.append(each)
        return came

    def cause(self, late: Late) -> Turn | None:
        """The turn for which the message was sent; without a log, the one before it."""
        if self._known:
            job = self._jobs.get(self.job_of(late))
            return job.turn if job else None
        before = self._entries[: late.number]
        turns = [each for each in before if isinstance(each, Turn) and each.openid == late.openid]
        return turns[-1] if turns else None

    def job_of(self, late: Late) -> str:
        """The identity of the job that sent the message; empty when nothing proves it."""
        return self.job_at(late.at, late.openid)

    def job_at(self, at: float, openid: str) -> str:
        """The identity of the job that did something then; empty when nothing proves it."""
        fitting = [each for each in self._tries if not openid or self._may_be(each, openid)]
        for slack in _SLACKS:
            found = _spanning(fitting, at, slack)
            if openid and all(self._whose(each.identity) for each in found):
                found = sorted(found, key=lambda each: each.begin)[-1:]
            identities = {each.identity for each in found}
            if identities:
                return identities.pop() if len(identities) == 1 else ""
        return ""

    def _sent_messages(self, identities: set[str]) -> dict[str, Job]:
        """The jobs among them that are messages which were sent for a push."""
        unknown = identities - self._jobs.keys()
        if not unknown:
            return {}
        openids = {each.openid for each in self._entries}
        return {
            identity: Job(openid, job.turn)
            for pushed, job in self._jobs.items()
            for openid in openids
            for identity in unknown & identities_sent_for(pushed, openid)
        }

    def _whose(self, identity: str) -> str:
        """The user who gets the job's answer; empty when nobody knows."""
        job = self._jobs.get(identity)
        return job.openid if job else self._backend.addressees.get(identity, "")

    def _may_be(self, each: Try, openid: str) -> bool:
        return self._whose(each.identity) in ("", openid)

    def _under_way(self, done: Sequence[Try]) -> list[Try]:
        """The jobs that are in hand now, of which there is no line yet."""
        found = []
        for identity, history in self._backend.jobs.items():
            if self._backend.in_hand(identity):
                openid = self._whose(identity)
                ended = [each.end for each in done if self._may_be(each, openid)]
                begin = max([self._begun(identity), history[-1].at - history[-1].gap, *ended])
                found.append(Try(identity, begin, time.time()))
        return found

    def _begun(self, identity: str) -> float:
        """When the push came for which the job was made; 0 when nobody knows."""
        job = self._jobs.get(identity)
        return job.turn.at if job else 0


def _is_of_a_try(line: Line) -> bool:
    return line.source == "worker" and bool(line.identity) and "JobMilliseconds" in line.entry


def _try(line: Line) -> Try:
    apology = APOLOGY if "JobDead" in line.entry else 0
    return Try(line.identity, line.since, line.at + apology)


def _spanning(tries: Sequence[Try], at: float, slack: float) -> list[Try]:
    return [each for each in tries if each.begin - slack <= at <= each.end + slack]

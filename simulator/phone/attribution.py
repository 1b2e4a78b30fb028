"""Finds the push behind each API call, late message and log line without identity.

The worker's log shows which push they belong to, because the worker does the jobs of one user one
after another and logs when each try began and ended. Jobs of different users overlap. What
happened during two tries is shown with neither. A job belongs to a push, either as its own job or
as a message that the backend sent for it. Some messages belong to no push.
"""

import time
from collections.abc import Sequence
from typing import NamedTuple

from chalicelib.delivery.jobs import OWN_MESSAGE

from .backend_view import APOLOGY, BackendView
from .conversation import Entry, Late, Turn
from .logs import Line
from .sent_messages import identities_sent_for

_SLACKS = (0, 0.05)
"""Seconds that the clocks of two processes may differ. The first that finds a try is used."""


class Try(NamedTuple):
    """The time during which the worker tried the job of that identity."""

    identity: str
    begin: float
    end: float


class Job(NamedTuple):
    """The user who gets the answer of a job, and the turn that it belongs to."""

    openid: str
    turn: Turn


class Attribution:
    """Finds the push behind each thing, as far as the log shows it."""

    def __init__(self, entries: Sequence[Entry], backend: BackendView) -> None:
        self._entries = entries
        self._backend = backend
        self._has_log = backend.has_log
        done = [_try(line) for line in backend.lines if _is_of_a_try(line)]
        turns = [each for each in entries if isinstance(each, Turn) and each.identity]
        self._jobs = {turn.identity: Job(turn.openid, turn) for turn in turns}
        self._jobs |= self._sent_messages({each.identity for each in done} | backend.jobs.keys())
        self._tries = [*done, *self._under_way(done)]

    def owns(self, turn: Turn, at: float, openid: str = "") -> bool:
        """Whether a job of the turn did something for that user at that time."""
        return self.is_of(turn, self.job_at(at, openid))

    def is_of(self, turn: Turn, identity: str) -> bool:
        """Whether the job is the turn's own, or a message that was sent for it."""
        job = self._jobs.get(identity)
        return job is not None and job.turn.number == turn.number

    def late(self, turn: Turn) -> list[Late]:
        """The messages that the turn's jobs sent. Without a log, those before the next turn."""
        later = self._entries[turn.number + 1 :]
        if self._has_log:
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
        """The turn for which the message was sent. Without a log, the one before it."""
        if self._has_log:
            job = self._jobs.get(self.job_of(late))
            return job.turn if job else None
        before = self._entries[: late.number]
        turns = [each for each in before if isinstance(each, Turn) and each.openid == late.openid]
        return turns[-1] if turns else None

    def is_own(self, late: Late) -> bool:
        """Whether the log shows that it answers no push, such as a message of `bootstrap.send`."""
        logged = self._backend.log_summaries.get(self.job_of(late), {})
        return logged.get("route") == OWN_MESSAGE

    def job_of(self, late: Late) -> str:
        """The identity of the job that sent the message, or empty if the log does not show it."""
        return self.job_at(late.at, late.openid)

    def job_at(self, at: float, openid: str) -> str:
        """The identity of the job that ran then, or empty if the log does not show it."""
        fitting = [each for each in self._tries if not openid or self._may_be_for(each, openid)]
        for slack in _SLACKS:
            found = _spanning(fitting, at, slack)
            if openid and all(self._recipient(each.identity) for each in found):
                found = sorted(found, key=lambda each: each.begin)[-1:]
            identities = {each.identity for each in found}
            if identities:
                return identities.pop() if len(identities) == 1 else ""
        return ""

    def _sent_messages(self, identities: set[str]) -> dict[str, Job]:
        """Those of the jobs that are messages which the backend sent for a push."""
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

    def _recipient(self, identity: str) -> str:
        """The user who gets the job's answer, or empty if not known."""
        job = self._jobs.get(identity)
        return job.openid if job else self._backend.recipients.get(identity, "")

    def _may_be_for(self, each: Try, openid: str) -> bool:
        return self._recipient(each.identity) in ("", openid)

    def _under_way(self, done: Sequence[Try]) -> list[Try]:
        """The tries that run now and have no line yet."""
        found = []
        for identity, history in self._backend.jobs.items():
            if self._backend.is_being_tried(identity):
                openid = self._recipient(identity)
                ended = [each.end for each in done if self._may_be_for(each, openid)]
                begin = max([self._push_time(identity), history[-1].at - history[-1].gap, *ended])
                found.append(Try(identity, begin, time.time()))
        return found

    def _push_time(self, identity: str) -> float:
        """When the push of the job came, or 0 if not known."""
        job = self._jobs.get(identity)
        return job.turn.at if job else 0


def _is_of_a_try(line: Line) -> bool:
    return line.source == "worker" and bool(line.identity) and "JobMilliseconds" in line.entry


def _try(line: Line) -> Try:
    apology = APOLOGY if "JobDead" in line.entry else 0
    return Try(line.identity, line.since, line.at + apology)


def _spanning(tries: Sequence[Try], at: float, slack: float) -> list[Try]:
    return [each for each in tries if each.begin - slack <= at <= each.end + slack]

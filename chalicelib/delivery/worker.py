"""Does a job: takes its push, runs the handler if there is no answer yet, sends what waits.

    take      become the push's owner; while another process owns it, wait in this invocation,
              so that no try is used up
    run       the handler, unless a door has stored an answer already
    put       the answer into the user's line: so it is stored (`putting.py`)
    drain     send from the line's head, until it is empty or WeChat refuses (`drain.py`)

A job whose push is delivered already still drains. It is done only when nothing waits, or when
WeChat has refused what goes first: then it waits for the user's next job. Accounts without the
customer service API end at the put; there the user's next push fetches what waits.

After a failure the worker gives the push back, and the job comes again after a growing pause. The
user's later jobs wait behind it. After the last try the router's apology goes into the line, and
the whole job is in the dead-letter queue. Lambda may kill a try before it reports anything. So the
queue gives out each job once more than it is tried, only to finish that.
"""

import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import NamedTuple

from .. import log
from ..ports import ConditionFailed, QueuedJob, Table, Unavailable
from ..router.continuing import asks_first, named
from ..router.route import Route
from ..router.session import Session
from ..users.effects import EFFECTS, Effects
from ..wechat.errors import ApiError, Final, NotNow, OperatorMustAct, TokenRefused
from ..wechat.messages import ReplyWindow
from ..wechat.parsing import from_fields, kind_of
from ..wechat.replies import Reply
from ..wechat.reply_json import from_json
from . import record
from .drain import Drain, Drained, Turn
from .jobs import UNDECIDED, Job
from .line import Line
from .putting import Putting
from .routing import decided, route_of
from .runner import HandlerRunner
from .taking import AlreadyDead, Taken, Taking

TRIES = 5
"""How often a job is tried; the queue's maxReceiveCount is one more."""
PAUSES = (2, 6, 14, 30)
"""Seconds between the tries; the last begins within the minute in which a tap can be answered."""
PAUSES_FOR_OPERATOR = (30, 120, 300, 900)
"""The same when no try can succeed before an operator acts, as after a new app secret."""


class HandlerRefused(ApiError):
    """WeChat refused a call of the handler's own; if it is `final`, no other try can help."""

    def __init__(self, error: ApiError) -> None:
        super().__init__(error.errcode, str(error))
        self.final = isinstance(error, Final | NotNow)


class Killed(Exception):
    """The last try ended without a report: it took too long, or too much memory."""


class JobOutcome(NamedTuple):
    """How a job ended, in a word; unless it is `done`, the queue gives it out again."""

    word: str
    done: bool


class Worker:
    """What the worker does with jobs, without SQS.

    Accounts without the customer service API have no `drain`.
    """

    def __init__(
        self,
        runner: HandlerRunner,
        table: Table,
        effects: Effects,
        drain: Drain | None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._runner = runner
        self._table = table
        self._effects = effects
        self._drain = drain
        self._taking = Taking(table, runner.routes, clock, sleep)
        self._putting = Putting(table, clock, sends=drain is not None)
        self._clock = clock
        self._cold = True

    def work(self, message: QueuedJob, lease: float) -> JobOutcome:
        """Does one job; at `lease` (epoch seconds) this process is certainly dead."""
        started, me = self._clock(), secrets.token_hex(16)
        turn = _Turn(me, lease, message.tries)
        job: Job | None = None
        # If this process is killed, the job comes again as soon as its lease has ended.
        with suppress(Unavailable):
            message.hold(lease - started + 1)
        try:
            job = Job.read(message.body)
            session = Session(self._table, job.openid, self._clock)
            job = decided(self._runner.routes, job, session)
            outcome = self._done(job, turn)
        except AlreadyDead:
            return self._dead(message)
        except Exception as error:  # noqa: BLE001 - after any error the job must come again
            return self._failed(message, job, error, turn, self._since(started))
        self._note("job", self._since(started), None, message, job, outcome)
        return JobOutcome(outcome, done=True)

    def _done(self, job: Job, turn: "_Turn") -> str:
        if job.route == EFFECTS and job.push:
            self._effects.apply(from_fields(job.push), job.arrival)
            return "done"
        if job.push is not None and job.route == UNDECIDED:
            return "silent"
        taken = self._taking.take(job, turn.tries, turn.me, turn.lease)
        if taken is None:
            return _word(self._drained(job, turn), "answered_before", drains="drained")
        try:
            route = route_of(self._runner.routes, job, taken.record)
            said, session = self._answer(job, route, taken, turn)
            line = self._putting.answer(job, turn.me, taken.record, said, session, _messages(job))
        except Exception:
            self._taking.give_back(job, turn.me)
            raise
        drained = self._drained(job, turn, line)
        return _word(drained, "sent", "sent") if said else _word(drained, "silent", "drained")

    def _answer(
        self, job: Job, route: Route | None, taken: Taken, turn: "_Turn"
    ) -> tuple[tuple[Reply, ...], Session | None]:
        """What a door kept, or what the handler says now with the session that it changed.

        Raises Killed at the last look, which runs no handler that ran before.
        """
        if taken.record.answer:
            return from_json(taken.record.answer), None
        if route is None or job.push is None:
            return from_json(job.said), None
        if turn.tries > TRIES and taken.known:
            raise Killed
        if asks_first(route) and Line.look(self._table, job.openid, self._clock()).parts:
            return (), None
        if self._drain:
            self._drain.working(job.openid)
        push = from_fields(job.push)
        session = None if route.idempotent else Session(self._table, job.openid, self._clock)
        try:
            return self._runner.run(route, push, job.identity, route.match(push), session), session
        except TokenRefused:
            raise
        except ApiError as error:
            raise HandlerRefused(error) from error

    def _drained(self, job: Job, turn: "_Turn", line: Line | None = None) -> Drained:
        """What became of the user's line; without the customer service API all of it waits."""
        if self._drain is None:
            return Drained(waiting=len(line.parts) if line else 0)
        last = turn.tries >= TRIES
        ends, arrival = turn.lease - record.LEASE, job.arrival if job.push else 0.0
        asks = Turn(job.openid, turn.me, ends, _messages(job), last, arrival)
        return self._drain.drain(asks, line)

    def _since(self, started: float) -> dict[str, float]:
        return {"JobMilliseconds": round((self._clock() - started) * 1000, 1)}

    def _note(
        self,
        event: str,
        metrics: Mapping[str, float],
        error: Exception | None,
        message: QueuedJob,
        job: Job | None,
        outcome: str,
    ) -> None:
        """Logs one try."""
        log.write(
            event,
            metrics,
            error,
            identity=job.identity if job else "",
            kind=_kind(job) if job else "",
            route=job.route if job else "",
            tries=message.tries,
            outcome=outcome,
            cold=self._cold,
            **log.reason(error),
        )
        self._cold = False

    def _failed(
        self,
        message: QueuedJob,
        job: Job | None,
        error: Exception,
        turn: "_Turn",
        milliseconds: Mapping[str, float],
    ) -> JobOutcome:
        last = message.tries >= TRIES or (isinstance(error, HandlerRefused) and error.final)
        self._note(
            "a job is dead; it waits in the dead-letter queue" if last else "a job failed",
            {"JobDead" if last else "JobFailed": 1, **milliseconds},
            error,
            message,
            job,
            "dead" if last else "failed",
        )
        if not last:
            pauses = PAUSES_FOR_OPERATOR if isinstance(error, OperatorMustAct) else PAUSES
            with suppress(Unavailable):  # then it comes again when its visibility ends
                message.hold(pauses[message.tries - 1])
            return JobOutcome("failed", done=False)
        if job:
            self._bury(job, turn)
        return self._dead(message)

    @staticmethod
    def _dead(message: QueuedJob) -> JobOutcome:
        """Lets the queue move the job aside at once, because the user's later jobs wait."""
        with suppress(Unavailable):
            message.hold(0)
        return JobOutcome("dead", done=False)

    def _bury(self, job: Job, turn: "_Turn") -> None:
        """Marks the push of a dead job, and apologizes to its user if nobody has."""
        self._taking.give_back(job, turn.me)  # it may be ours though no write said so
        apology = self._apology(job)
        if apology is None:
            self._taking.bury(job, turn.me)
            return
        try:
            line = self._putting.apology(job, turn.me, apology, _messages(job))
            self._drained(job, turn._replace(tries=TRIES), line)
        except ConditionFailed:
            self._taking.bury(job, turn.me)
        except Exception as trouble:  # noqa: BLE001 - the job is dead already, and stays whole
            log.error("the apology could not be sent", None, trouble, identity=job.identity)

    def _apology(self, job: Job) -> Reply | None:
        """What the user of a dead job reads; None while nothing could reach them."""
        if job.push is None:
            return None
        push = from_fields(job.push)
        route, window = named(self._runner.routes, job.route), push.reply_window
        if route is None or window is None or self._clock() > job.arrival + window.seconds:
            return None
        return route.apology


class _Turn(NamedTuple):
    """One try of a job by the process `me`, which is certainly dead at `lease` (epoch seconds)."""

    me: str
    lease: float
    tries: int


def _messages(job: Job) -> int:
    """How many messages the job's push is likely to allow."""
    window = from_fields(job.push).reply_window if job.push else None
    return (window or ReplyWindow.MESSAGE).messages


def _word(drained: Drained, otherwise: str, drains: str) -> str:
    """A word for how a job ended: what still waits counts most, then what is lost."""
    if drained.waiting:
        return "waits"
    if drained.dropped:
        return "refused"
    return drains if drained.sent else otherwise


def _kind(job: Job) -> str:
    """The kind of the job's push, as the door logs it; empty for a message of our own."""
    return kind_of(job.push).__name__ if job.push else ""

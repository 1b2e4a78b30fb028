"""Does a job: takes its push, runs the handler if there is no answer yet, delivers the answer.

    take      become the push's owner; while another process owns it, wait in this invocation,
              so that no try is used up
    answer    run the handler unless an answer is stored already; store the whole answer
    deliver   by `sending.py`, or by `outbox.py` on accounts without the customer service API

After a failure the worker gives the push back, and the job comes again after a growing pause. The
user's later jobs wait behind it. After the last try the router's apology goes out, and the whole
job is in the dead-letter queue. Lambda may kill a try before it reports anything. So the queue
gives out each job once more than it is tried, only to apologize if nobody has.
"""

import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import NamedTuple

from .. import log
from ..conditions import Item, holds
from ..ports import ConditionFailed, QueuedJob, Table, Unavailable, Write
from ..router.route import Route
from ..router.session import Session
from ..users.effects import EFFECTS, Effects
from ..wechat.errors import OperatorMustAct
from ..wechat.messages import ReplyWindow
from ..wechat.parsing import from_fields, kind_of
from ..wechat.replies import Reply
from ..wechat.reply_json import from_json, to_json
from . import record
from .jobs import Job, JobUnreadable
from .late import InDoubt, LateAnswers, Parcel
from .record import Record
from .runner import HandlerRunner

TRIES = 5
"""How often a job is tried; the queue's maxReceiveCount is one more."""
PAUSES = (2, 6, 14, 30)
"""Seconds between the tries; the last begins within the minute in which a tap can be answered."""
PAUSES_FOR_OPERATOR = (30, 120, 300, 900)
"""The same when no try can succeed before an operator acts, as after a new app secret."""
LOOK = 1.0
"""Seconds between two looks at a push that another process works on."""


class UnknownRoute(Exception):
    """This release does not know the job's route; during a deploy the next try may know it."""


class Busy(Exception):
    """Another process still works on the push, and this one has no time left to wait."""


class Killed(Exception):
    """The last try ended without a report: it took too long, or too much memory."""


class JobOutcome(NamedTuple):
    """How a job ended, in a word; unless it is `done`, the queue gives it out again."""

    word: str
    done: bool


class Worker:
    """What the worker does with jobs, without SQS."""

    def __init__(
        self,
        runner: HandlerRunner,
        table: Table,
        effects: Effects,
        late_answers: LateAnswers,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._runner = runner
        self._table = table
        self._effects = effects
        self._late_answers = late_answers
        self._clock = clock
        self._sleep = sleep
        self._cold = True

    def work(self, message: QueuedJob, lease: float) -> JobOutcome:
        """Does one job; at `lease` (epoch seconds) this process is certainly dead."""
        if message.tries > TRIES:
            return self._bury(message)
        started = self._clock()
        job: Job | None = None
        # If this process is killed, the job comes again as soon as its lease has ended.
        with suppress(Unavailable):
            message.hold(lease - started + 1)
        try:
            job = Job.read(message.body)
            outcome = self._done(job, lease)
        except Exception as error:  # noqa: BLE001 - after any error the job must come again
            return self._failed(message, job, error, self._since(started))
        self._note("job", self._since(started), None, message, job, outcome)
        return JobOutcome(outcome, done=True)

    def _done(self, job: Job, lease: float) -> str:
        if job.route == EFFECTS and job.push:
            self._effects.apply(from_fields(job.push), job.arrival)
            return "done"
        route = self._route(job)
        owner = secrets.token_hex(16)
        try:
            taken = self._take(job, owner, lease)
            if taken is None:
                return "answered_before"
            said = from_json(taken.answer) if taken.answer else self._answer(job, route, owner)
            return self._late_answers.deliver(self._parcel(job, owner, said, taken))
        except Exception as error:
            self._give_back(job, owner, error.part if isinstance(error, InDoubt) else 0)
            raise

    def _route(self, job: Job) -> Route | None:
        """The route of a push; a message of our own has none. Raises UnknownRoute."""
        if job.push is None:
            return None
        route = self._runner.routes.named(job.route)
        if route is None:
            raise UnknownRoute
        return route

    def _take(self, job: Job, owner: str, lease: float) -> Record | None:
        """Makes the push ours and returns its record; None when nothing is left to do."""
        item = self._claim(job, owner, lease)
        while True:
            known = Record.read(item)
            if known.owner == owner:
                return known
            if known.delivered or (known.answer and known.answering_arrival > job.arrival):
                return None
            now = self._clock()
            died_with = record.part_died_with(known)
            take = record.take(job.identity, owner, lease, job.sender, job.arrival, now, died_with)
            if holds(take.condition, item):
                try:
                    return Record.read(self._table.write(take))
                except ConditionFailed as refused:
                    item = refused.found[take.key]
            elif now + LOOK > lease - 2 * record.LEASE:
                raise Busy
            else:
                self._sleep(LOOK)
                item = self._table.get(take.key)

    def _claim(self, job: Job, owner: str, lease: float) -> Item | None:
        """The push's item: ours if the push was unknown, otherwise as another owner left it."""
        claim = record.claim(job.identity, owner, lease, record.QUEUE, self._clock())
        try:
            return self._table.write(claim)
        except ConditionFailed as refused:
            return refused.found[claim.key]

    def _answer(self, job: Job, route: Route | None, owner: str) -> tuple[Reply, ...]:
        """The answer, stored before any part of it leaves."""
        if route is None or job.push is None:
            return self._kept(job, owner, from_json(job.said), [])
        self._late_answers.working(job.openid)
        push = from_fields(job.push)
        session = None if route.idempotent else Session(self._table, job.openid, self._clock)
        said = self._runner.run(route, push, job.identity, route.match(push), session)
        writes = session.writes() if session is not None else []
        return self._kept(job, owner, said, writes)

    def _kept(
        self, job: Job, owner: str, said: tuple[Reply, ...], writes: list[Write]
    ) -> tuple[Reply, ...]:
        self._table.write(record.keep(job.identity, owner, to_json(said)), *writes)
        return said

    @staticmethod
    def _parcel(job: Job, owner: str, said: tuple[Reply, ...], taken: Record) -> Parcel:
        window = from_fields(job.push).reply_window if job.push else ReplyWindow.MESSAGE
        return Parcel(
            identity=job.identity,
            openid=job.openid,
            owner=owner,
            arrival=job.arrival,
            said=said,
            sent=taken.sent,
            in_doubt=taken.in_doubt,
            window=window,
            fetched=taken.left != record.NOTHING_FETCHED,
        )

    def _give_back(self, job: Job, owner: str, in_doubt: int) -> None:
        with suppress(ConditionFailed, Unavailable):  # then the lease ends by itself
            self._table.write(record.give_back(job.identity, owner, in_doubt))

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
        milliseconds: Mapping[str, float],
    ) -> JobOutcome:
        last = message.tries >= TRIES
        self._note(
            "a job is dead; it waits in the dead-letter queue" if last else "a job failed",
            {"JobDead" if last else "JobFailed": 1, **milliseconds},
            error,
            message,
            job,
            "dead" if last else "failed",
        )
        if last and job and not isinstance(error, InDoubt):
            try:
                self._apologize(job)
            except Exception as trouble:  # noqa: BLE001 - the job is dead already, and stays whole
                log.error("the apology could not be sent", None, trouble, identity=job.identity)
        # After the last try the queue moves it aside at once, because the user's later jobs wait.
        pauses = PAUSES_FOR_OPERATOR if isinstance(error, OperatorMustAct) else PAUSES
        with suppress(Unavailable):  # then it comes again when its visibility ends
            message.hold(0 if last else pauses[message.tries - 1])
        return JobOutcome("dead" if last else "failed", done=False)

    def _bury(self, message: QueuedJob) -> JobOutcome:
        """Apologizes for a last try that was killed, because that try could not."""
        with suppress(JobUnreadable, Unavailable):
            job = Job.read(message.body)
            known = Record.read(self._table.get(record.key(job.identity)))
            if 0 < known.lease <= self._clock() and not known.delivered:
                part = record.part_died_with(known)
                self._failed(message, job, InDoubt(part) if part else Killed(), {})
        with suppress(Unavailable):
            message.hold(0)
        return JobOutcome("dead", done=False)

    def _apologize(self, job: Job) -> None:
        route = self._runner.routes.named(job.route)
        window = from_fields(job.push).reply_window if job.push else None
        if route is None or route.apology is None or window is None:
            return
        if self._clock() > job.arrival + window.seconds:
            return
        told = record.apologize(job.identity)
        try:
            self._table.write(told)
        except ConditionFailed as refused:
            if refused.found[told.key] is not None:
                return
        except Unavailable:
            pass  # two apologies are better than none
        self._late_answers.apologize(job.openid, route.apology)


def _kind(job: Job) -> str:
    """The kind of the job's push, as the door logs it; empty for a message of our own."""
    return kind_of(job.push).__name__ if job.push else ""

"""Does a job: takes its push, runs the handler if there is no answer yet, sends what waits.

    take      become the push's owner; while another process owns it, wait in this invocation,
              so that no try is used up
    run       the handler, unless a door has stored an answer already
    put       the answer into the user's line: so it is stored (`putting.py`)
    drain     send from the line's head, until it is empty or WeChat refuses (`drain.py`)

A stream is put and drained message by message while its handler runs (`streaming.py`). What goes
on beside a handler, and what ends it, is in `watch.py`. What a user cancels is put no more, and its
push ends. Tasks have no line: they are taken and run (`tasks.py`).

A job whose push is delivered already still drains. It is done only when nothing waits, or when
WeChat has refused what goes first: then it waits for the user's next job. Accounts without the
customer service API end at the put; there the user's next push fetches what waits.

After a failure the worker gives the push back, and the job comes again after a growing pause. The
user's later jobs wait behind it. After the last try the router's apology goes into the line, and
the whole job is in the dead-letter queue. A handler that takes too long has one try (`failing.py`).
Lambda may kill a try before it reports anything. So the queue gives out each job once more than it
is tried, only to finish that.
"""

import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import NamedTuple

from .. import log
from ..ports import Process, Queue, QueuedJob, Table
from ..router.context import Said
from ..router.continuing import named
from ..router.route import Route
from ..router.session import Session
from ..users.effects import EFFECTS, Effects
from ..wechat.messages import Push
from ..wechat.parsing import from_fields
from ..wechat.replies import Reply
from ..wechat.reply_json import from_json
from . import record
from .attempt import TRIES, Attempt
from .drain import Drain, Drained
from .failing import Failing, is_last
from .handling import Handling, Unreachable
from .jobs import UNDECIDED, Job
from .line import Cancelled, Line, is_cancelled
from .parts import for_connection
from .putting import Putting
from .routing import decided, route_of
from .runner import HandlerRunner
from .taking import AlreadyDead, Taken, Taking
from .tasks import Tasks
from .watch import LOOKS, Watch


class JobOutcome(NamedTuple):
    """How a job ended, in a word; unless it is `done`, the queue gives it out again."""

    word: str
    done: bool


class Worker:
    """What the worker does with jobs, without SQS.

    Accounts without the customer service API have no `drain`. A long worker keeps its jobs by
    beats, because its process may live for fifteen minutes; the other one moves long jobs into the
    `long_queue`, and so has one.
    """

    def __init__(
        self,
        runner: HandlerRunner,
        table: Table,
        effects: Effects,
        drain: Drain | None,
        process: Process,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        *,
        long_queue: Queue | None = None,
    ) -> None:
        self._runner = runner
        self._table = table
        self._effects = effects
        self._drain = drain
        self._process = process
        self._taking = Taking(table, runner.routes, clock, sleep)
        self._putting = Putting(table, clock, sends=drain is not None)
        self._handling = Handling(runner, table, self._putting, drain, clock)
        self._failing = Failing(runner.routes, self._taking, self._putting, drain, clock)
        self._tasks = Tasks(runner, table, clock, sleep)
        self._clock = clock
        self._sleep = sleep
        self._long_queue = long_queue
        self._cold = True

    def work(self, message: QueuedJob, lease: float) -> JobOutcome:
        """Does one job; at `lease` (epoch seconds) this process is certainly dead."""
        started = self._clock()
        job: Job | None = None

        def finish(error: Exception) -> None:
            if isinstance(error, Cancelled) and job:
                self._failing.is_cancelled(attempt, job)
            else:
                self._failed(attempt, job, error, self._since(started))

        watch = Watch(self._process, self._clock, self._sleep, finish)
        attempt = self._attempt(message, watch, started, lease)
        try:
            with closing(watch):
                job = Job.read(message.body)
                session = Session(self._table, job.openid, self._clock)
                job = decided(self._runner.routes, job, session)
                outcome = self._done(job, attempt)
        except AlreadyDead:
            self._failing.goes_aside(message)
            return JobOutcome("dead", done=False)
        except Exception as error:  # noqa: BLE001 - after any error the job must come again
            return self._failed(attempt, job, error, self._since(started))
        self._note("job", self._since(started), None, message, job, outcome)
        return JobOutcome(outcome, done=True)

    def _attempt(self, message: QueuedJob, watch: Watch, started: float, lease: float) -> Attempt:
        """This try; its job comes again as soon as its lease has ended if the process is killed."""
        me = secrets.token_hex(16)
        attempt = Attempt(message, me, lease - record.LEASE, self._long_queue is None, watch)
        if attempt.long:
            watch.beat(message, self._table)
        watch.hold(message, attempt.lease(started) + 1, at_once=attempt.long)
        return attempt

    def _done(self, job: Job, attempt: Attempt) -> str:
        if job.route == EFFECTS and job.push:
            self._effects.apply(from_fields(job.push), job.arrival)
            return "done"
        if job.push is not None and job.route == UNDECIDED:
            return "silent"
        if self._moved(job):
            return "moved"
        taken = self._taking.take(job, attempt)
        if taken is None and job.task:
            return "started_before"
        if taken is None:
            return _word(self._drained(job, attempt), "answered_before", drains="drained")
        attempt.watch.kept = (job.identity, attempt.me)
        try:
            if job.task:
                return self._tasks.do(job, taken, attempt)
            return self._answered(job, taken, attempt)
        except (Cancelled, Unreachable) as end:
            return self._ended(job, attempt, end)
        except Exception:
            self._taking.give_back(job, attempt.me)
            raise

    def _ended(self, job: Job, attempt: Attempt, end: Cancelled | Unreachable) -> str:
        """Ends work before it is done, because nobody wants it or could read it any more."""
        if isinstance(end, Unreachable):
            self._putting.end(job, attempt.me, None)
            return "refused"
        self._putting.cancel(job, attempt.me, end.session)
        if self._drain:
            self._drain.stop_typing(job.openid)
        self._drained(job, attempt)
        return "cancelled"

    def _moved(self, job: Job) -> bool:
        """Leaves a long job to the long worker: a state chose its route, or a deploy made it long.

        Raises Unavailable.
        """
        route = named(self._runner.routes, job.route) if job.push else None
        if self._long_queue is None or route is None or not route.long:
            return False
        self._long_queue.send(job.to_json(), job.group, f"{job.identity}-{job.sender}-moved")
        return True

    def _answered(self, job: Job, taken: Taken, attempt: Attempt) -> str:
        route = route_of(self._runner.routes, job, taken.record)
        cancellable = route is not None and route.cancellable
        has_waited = taken.known or self._clock() > job.arrival + LOOKS
        if cancellable and has_waited and is_cancelled(self._table, job.openid, job.arrival):
            raise Cancelled
        said, session = self._handling.known(job, route, taken, attempt), None
        if said is None and route is not None and job.push is not None:
            push = from_fields(job.push)
            if route.stream:
                return self._streamed(job, push, route, taken, attempt)
            said, session = self._handling.run(job, push, route, attempt)
        attempt.watch.kept = None
        line = self._putting.answer(
            job,
            attempt.me,
            taken.record,
            said or (),
            session,
            cancellable=cancellable,
        )
        drained = self._drained(job, attempt, line)
        return _outcome(said or (), drained)

    def _streamed(self, job: Job, push: Push, route: Route, taken: Taken, attempt: Attempt) -> str:
        """Says what a stream yields; what an earlier run has put goes first."""
        said = Said(from_json(taken.record.said))
        drained = self._drained(job, attempt, more=None) if said else Drained()
        if drained.gone:
            raise Unreachable
        said, drained = self._handling.stream(job, push, route, attempt, said, drained)
        return _outcome(said, drained)

    def _drained(
        self, job: Job, attempt: Attempt, line: Line | None = None, *, more: bool | None = False
    ) -> Drained:
        """What became of the user's line; without the customer service API all of it waits."""
        if self._drain is None:
            return Drained(waiting=len(line.parts) if line else 0)
        turn = attempt.turn(job, last=attempt.tries >= TRIES, more=more)
        return self._drain.drain(turn, line)

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
            **(job.logged if job else {"kind": "", "route": ""}),
            tries=message.tries,
            outcome=outcome,
            cold=self._cold,
            **log.reason(error),
        )
        self._cold = False

    def _failed(
        self,
        attempt: Attempt,
        job: Job | None,
        error: Exception,
        milliseconds: Mapping[str, float],
    ) -> JobOutcome:
        if attempt.tries > TRIES and (job is None or job.route == EFFECTS):
            self._failing.goes_aside(attempt.message)  # the try before, that ran nothing, said so
            return JobOutcome("dead", done=False)
        last = is_last(attempt, error)
        self._note(
            "a job is dead; it waits in the dead-letter queue" if last else "a job failed",
            {"JobDead" if last else "JobFailed": 1, **milliseconds},
            error,
            attempt.message,
            job,
            "dead" if last else "failed",
        )
        if not last:
            self._failing.comes_again(attempt, job, error)
            return JobOutcome("failed", done=False)
        self._failing.dies(attempt, job, error)
        return JobOutcome("dead", done=False)


def _outcome(said: tuple[Reply, ...], drained: Drained) -> str:
    """A word for how a job ended that had something of its own to say, or nothing."""
    drained = drained._replace(dropped=drained.dropped + for_connection(said))
    return _word(drained, "sent", "sent") if said else _word(drained, "silent", "drained")


def _word(drained: Drained, otherwise: str, drains: str) -> str:
    """A word for how a job ended: what still waits counts most, then what is lost."""
    if drained.waiting:
        return "waits"
    if drained.dropped:
        return "refused"
    return drains if drained.sent else otherwise

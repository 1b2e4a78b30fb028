"""Does tasks: runs one that is ours, and writes down that it is done.

A worker takes a task as it takes a push, so one process runs it at a time. It runs again only when
it failed, when its process died, or when nobody could write down that it was done.

Nobody waits for a task. So while WeChat is busy or too many calls were made, it pauses for longer
than a job of a user's does, and while an operator must act, for as long as the sending of messages.
Its whole lane waits meanwhile: that slows all tasks down, and buries few of them.
"""

from collections.abc import Callable
from functools import partial

from ..ports import ConditionFailed, Table, Unavailable
from ..router.task import Returned
from ..wechat.errors import Final, NotNow
from . import worker_record
from .attempt import TRIES, Attempt
from .drain import CONFIRMING_TRIES
from .handling import ROOM, HandlerRefused, Killed
from .jobs import Job
from .record import Record
from .runner import HandlerRunner, Run
from .taking import Taken
from .watch import Overran

BETWEEN = 0.5
"""Seconds before it is written again that a task is done."""


class TaskUnknown(Exception):
    """This version of the account has no such task."""


class Tasks:
    """Does tasks for a worker."""

    def __init__(
        self,
        runner: HandlerRunner,
        table: Table,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._runner = runner
        self._table = table
        self._clock = clock
        self._sleep = sleep

    def do(self, job: Job, taken: Taken, attempt: Attempt) -> str:
        """Does the task of a job that is ours. Raises whatever it raises, and TaskUnknown.

        Raises Killed at the last look, which runs no task that ran before; ConditionFailed when it
        is not ours any more; or Unavailable.
        """
        if attempt.tries > TRIES and taken.known:
            raise Killed
        try:
            self._run(job, attempt)
        except Returned:
            self._write_done(job, attempt)  # running it again would only do its work twice
            raise
        except (Final, NotNow) as error:
            raise HandlerRefused(error) from error
        self._write_done(job, attempt)
        return "done"

    def _run(self, job: Job, attempt: Attempt) -> None:
        task = self._runner.routes.task(job.route)
        if task is None:
            raise TaskUnknown
        seconds = attempt.ends - ROOM - self._clock()
        advice = f"it took more than {seconds:.0f} seconds; start several tasks that do less each"
        attempt.watch.limit(seconds, Overran(advice))
        run = Run(job.identity, None, job.arrival)
        attempt.watch.run(partial(self._runner.run_task, task, job.task, run))

    def _write_done(self, job: Job, attempt: Attempt) -> None:
        attempt.watch.kept = None
        put = worker_record.put(job.identity, attempt.me)
        for number in range(1, CONFIRMING_TRIES + 1):
            try:
                self._table.write(put)
            except ConditionFailed as refused:
                known = Record.read(refused.found[put.key])
                if not (known.delivered and known.owner == attempt.me):  # else a try was done
                    raise
            except Unavailable:
                if number == CONFIRMING_TRIES:
                    raise
                self._sleep(BETWEEN)
                continue
            return

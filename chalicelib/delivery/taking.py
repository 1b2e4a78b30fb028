"""Makes a worker the owner of a job's push, or says that the push needs nothing any more.

While another process may still own it, the worker waits in the same invocation, so that no try is
used up.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from ..conditions import Item, holds
from ..ports import ConditionFailed, Table, Unavailable
from ..router.continuing import named
from ..router.routes import Routes
from . import record, worker_record
from .attempt import TRIES, Attempt
from .claiming import claimed
from .drain import LOOK, Busy
from .jobs import Job
from .record import Record


class AlreadyDead(Exception):
    """An earlier try was the job's last one: it belongs into the dead-letter queue, whole."""


class Taken(NamedTuple):
    """A push that is ours; `known` says whether another process had it before."""

    record: Record
    known: bool


class Taking:
    """Takes pushes and gives them back."""

    def __init__(
        self,
        table: Table,
        routes: Routes,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._table = table
        self._routes = routes
        self._clock = clock
        self._sleep = sleep

    def take(self, job: Job, attempt: Attempt) -> Taken | None:
        """The push, now ours; None when nothing is left to put into a line.

        So it is with a push that is delivered, with one that a delivery after the job's answered,
        and with one that another job has buried. Raises AlreadyDead, Busy, or Unavailable.
        """
        me = attempt.me
        item = self._claim(job, me, attempt.lease(self._clock()))
        while True:
            known = Record.read(item)
            if known.owner == me:
                return Taken(known, known=False)
            if known.delivered or (known.answer and known.answering_arrival > job.arrival):
                _check_last_delivery(known, job, attempt)
                return None
            if known.dead and not known.answer:  # an answer that a door kept is put all the same
                if known.dead != job.sender:
                    return None
                if attempt.tries > 1:
                    raise AlreadyDead
            now = self._clock()
            died_with = worker_record.part_died_with(known)
            take = worker_record.take(
                job.identity, me, attempt.lease(now), job.sender, job.arrival, now, died_with
            )
            if holds(take.condition, item):
                try:
                    return Taken(Record.read(self._table.write(take)), known=True)
                except ConditionFailed as refused:
                    item = refused.found[take.key]
            elif now + LOOK > attempt.ends - record.LEASE:
                raise Busy
            else:
                self._sleep(LOOK)
                item = self._table.get(take.key)

    def give_back(self, job: Job, me: str) -> None:
        """Ends the lease; if that cannot be written, it ends by itself."""
        with suppress(ConditionFailed, Unavailable):
            self._table.write(worker_record.give_back(job.identity, me))

    def bury(self, job: Job, me: str) -> None:
        """Says that the job is dead, so that others of the same push end at once."""
        with suppress(ConditionFailed, Unavailable):
            self._table.write(worker_record.bury(job.identity, me, job.sender, self._clock()))

    def _claim(self, job: Job, me: str, lease: float) -> Item | None:
        claim = record.claim(job.identity, me, lease, record.QUEUE, self._clock(), job.route)
        route = named(self._routes, job.route) if job.push else None
        return claimed(self._table, claim, route, job.openid, job.arrival)


def _check_last_delivery(known: Record, job: Job, attempt: Attempt) -> None:
    """Raises AlreadyDead if the last try said that the job is dead, because nothing could be sent.

    A job whose last try was killed, which said nothing, tries once more.
    """
    if attempt.tries > TRIES and known.dead == job.sender:
        raise AlreadyDead

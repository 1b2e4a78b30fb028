"""The job queue in memory; tests/contract holds it to what SQS does."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from chalicelib.delivery.attempt import TRIES
from chalicelib.ports import Misconfigured, NewJob, Unavailable
from tests.fakes import Clock


class FakeQueue:
    """SQS FIFO in memory: one job of a group at a time, duplicates dropped for five minutes.

    `receive` hands out the oldest job of a group that has none out, as it becomes visible;
    one that was tried `max_receives` times moves to `dead` instead.
    """

    def __init__(self, clock: Clock, max_receives: int = TRIES + 1, visibility: float = 60) -> None:
        self._clock = clock
        self._max_receives = max_receives
        self.visibility = visibility
        self._groups: dict[str, deque[Waiting]] = {}
        self._given_out: dict[str, Waiting] = {}
        self._numbers = count()
        self._seen: dict[tuple[str, str], float] = {}
        self._receipts = count(1)
        self.dead: list[str] = []
        self.available = True
        self.exists = True
        self.sends = 0
        self.not_taken = 0
        """How many of the next jobs in batches it does not take."""

    def send(self, body: str, group: str, deduplication: str) -> None:
        self.sends += 1
        self._check()
        self._add(body, group, deduplication)

    def send_batch(self, jobs: Sequence[NewJob]) -> Sequence[NewJob]:
        self.sends += 1
        self._check()
        left, self.not_taken = jobs[: self.not_taken], max(0, self.not_taken - len(jobs))
        for job in jobs[len(left) :]:
            if job.group:
                self._add(*job)
        return [*left, *(job for job in jobs[len(left) :] if not job.group)]

    def _add(self, body: str, group: str, deduplication: str) -> None:
        seen = (group, deduplication)
        if self._clock.now - self._seen.get(seen, float("-inf")) >= 300:
            self._seen[seen] = self._clock.now
            job = Waiting(body, group, next(self._numbers))
            self._groups.setdefault(group, deque()).append(job)

    def hold(self, receipt: str, seconds: float) -> None:
        self._check()
        if job := self._given_out.get(receipt):
            job.visible = self._clock.now + seconds

    def receive(self) -> "FakeJob | None":
        while job := self._first_visible():
            self._given_out.pop(job.receipt, None)
            if job.tries < self._max_receives:
                job.tries += 1
                job.visible = self._clock.now + self.visibility
                job.receipt = str(next(self._receipts))
                self._given_out[job.receipt] = job
                return FakeJob(self, job.body, job.tries, job.receipt)
            self._remove(job)
            self.dead.append(job.body)
        return None

    def delete(self, given: "FakeJob") -> None:
        """What Lambda does with a job that was done."""
        if job := self._given_out.pop(given.receipt, None):
            self._remove(job)

    def waiting(self) -> list[dict[str, str]]:
        """The jobs that nobody has done yet, each with its group."""
        jobs = sorted(
            (job for jobs in self._groups.values() for job in jobs), key=lambda job: job.number
        )
        return [{"body": job.body, "group": job.group} for job in jobs]

    def __len__(self) -> int:
        return sum(map(len, self._groups.values()))

    def _first_visible(self) -> "Waiting | None":
        """The oldest job that is the first of its group, and visible."""
        firsts = (jobs[0] for jobs in self._groups.values() if jobs[0].visible <= self._clock.now)
        return min(firsts, key=lambda job: job.number, default=None)

    def _remove(self, job: "Waiting") -> None:
        jobs = self._groups[job.group]
        jobs.remove(job)
        if not jobs:
            del self._groups[job.group]

    def _check(self) -> None:
        if not self.exists:
            raise Misconfigured("SQS: QueueDoesNotExist")
        if not self.available:
            raise Unavailable("SQS is down")


@dataclass(frozen=True)
class FakeJob:
    """A job that a FakeQueue gave out."""

    queue: FakeQueue
    body: str
    tries: int
    receipt: str

    def hold(self, seconds: float) -> None:
        self.queue.hold(self.receipt, seconds)


@dataclass
class Waiting:
    """A job in a FakeQueue, visible from a moment on."""

    body: str
    group: str
    number: int
    tries: int = 0
    visible: float = 0.0
    receipt: str = ""

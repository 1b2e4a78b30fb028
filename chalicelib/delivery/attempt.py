"""One try of a job, by one process."""

from dataclasses import dataclass

from ..ports import QueuedJob
from .drain import Turn
from .jobs import Job
from .record import LEASE
from .watch import BEATEN, Watch

TRIES = 5
"""How often a job is tried; the queue's maxReceiveCount is one more."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of a job by the process `me`.

    The process is killed at `ends` (epoch seconds). A `long` one keeps its push by beats.
    """

    message: QueuedJob
    me: str
    ends: float
    long: bool
    watch: Watch

    @property
    def tries(self) -> int:
        return self.message.tries

    def lease(self, now: float) -> float:
        """Until when a push is ours that we take now (epoch seconds)."""
        lease = self.ends + LEASE
        return min(lease, now + BEATEN + LEASE) if self.long else lease

    def turn(self, job: Job, *, last: bool, more: bool | None = False) -> Turn:
        """Its turn at the line of the job's user."""
        return Turn(job.openid, self.me, self.ends, job.messages, last, job.asked, more)

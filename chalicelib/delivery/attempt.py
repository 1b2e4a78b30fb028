"""One try of a job, by one process."""

from dataclasses import dataclass

from ..ports import QueuedJob
from .drain import Turn
from .jobs import Job
from .watch import Watch

TRIES = 5
"""How often a job is tried; the queue's maxReceiveCount is one more."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of a job by the process `me`.

    The process is killed at `ends` (epoch seconds); its push is ours until `lease`, at first.
    """

    message: QueuedJob
    me: str
    lease: float
    ends: float
    watch: Watch

    @property
    def tries(self) -> int:
        return self.message.tries

    def turn(self, job: Job, *, last: bool, goes_on: bool = False) -> Turn:
        """Its turn at the line of the job's user."""
        arrival = job.arrival if job.push else 0.0
        return Turn(job.openid, self.me, self.ends, job.messages, last, arrival, goes_on)

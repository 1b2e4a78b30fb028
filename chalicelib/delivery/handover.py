"""Hands a push over: whatever the door does not answer becomes a job, then `success`.

When the queue refuses the job, the door lets WeChat hang up and deliver again. An error status
would use up all of WeChat's deliveries within a second. Nothing runs on after the reply, because
Lambda freezes the process.
"""

import secrets
from collections.abc import Callable, Mapping
from typing import NamedTuple

from ..ports import Misconfigured, Queues, Unavailable
from ..router.route import Route
from ..router.session import Session
from ..wechat.envelopes import SUCCESS, Opened, PushResponse
from ..wechat.passive import fits_passive
from ..wechat.replies import Reply
from .jobs import WECHAT_WAITS, Job, given_up

DELIVERIES = 3
DEADLINE = 4.5
"""Seconds after its arrival by which a delivery must be answered."""
PATIENCE = 5.5
"""Seconds after which WeChat has certainly hung up, and delivers again."""
PERSISTENCE = 2.0
"""Seconds for which the door still offers a job after WeChat has stopped waiting."""
SHORTEST_PAUSE, LONGEST_PAUSE = 0.1, 0.8
"""Seconds between two offers of a job; each pause is twice as long as the one before."""
REFUSED = "refused_by_queue"


class RoutedPush(NamedTuple):
    """One delivery of a push, with the route that answers it.

    `by_state` says that the state in the `session` chose the route. `owner` is a random id of this
    delivery, which it gets before a record or a job names it.
    """

    opened: Opened
    route: Route
    groups: Mapping[str, str]
    by_state: bool
    arrival: float
    lease: float
    session: Session
    owner: str = ""

    def owned(self) -> "RoutedPush":
        """The same with an owner; a system call per push would cost idempotent routes too much."""
        return self if self.owner else self._replace(owner=secrets.token_hex(16))

    @property
    def identity(self) -> str:
        return self.opened.identity

    @property
    def openid(self) -> str:
        return self.opened.push.from_user_name

    @property
    def deliveries_before(self) -> int:
        """How many deliveries WeChat gave up before this one, as far as its signature shows."""
        return min(given_up(self.opened.signed, self.arrival), DELIVERIES - 1)

    @property
    def hangs_up(self) -> float:
        """When WeChat hangs up, at the earliest: the delivery may have been long on its way."""
        return self.opened.signed + (self.deliveries_before + 1) * WECHAT_WAITS

    def respond(self, said: tuple[Reply, ...], now: float) -> PushResponse | None:
        """The response that holds the whole answer; None if no passive reply can."""
        match said:
            case ():
                return SUCCESS
            case (reply,) if fits_passive(reply):
                return self.opened.respond(reply, now)
        return None


class PushOutcome(NamedTuple):
    """How a delivery ended: a word for the log, and what WeChat gets.

    `again` says that the record shows an earlier delivery of this push, `route` which one it has.
    """

    word: str
    response: PushResponse = SUCCESS
    cause: Exception | None = None
    again: bool = False
    route: str = ""


class JobSender:
    """Sends the door's jobs to the queues."""

    def __init__(
        self, queues: Queues, clock: Callable[[], float], sleep: Callable[[float], None]
    ) -> None:
        self._queues = queues
        self._clock = clock
        self._sleep = sleep

    def slow(self, routed: RoutedPush) -> PushOutcome:
        """Sends the job of a slow route."""
        # The queue drops the jobs of redeliveries, because the first job may still be under way.
        return self._queued(routed.owned(), PushOutcome("queued"), deduplication=routed.identity)

    def hand_over(self, routed: RoutedPush, cause: Exception | None = None) -> PushOutcome:
        """Sends the job of a delivery that the door cannot answer; `cause` is its error, if any."""
        routed, outcome = routed.owned(), PushOutcome("handed_over", cause=cause)
        return self._queued(routed, outcome, deduplication=f"{routed.identity}-{routed.owner}")

    def offer(self, job: Job, deduplication: str, *, long: bool = False) -> bool:
        """Whether the queue took the job; tries again, with growing pauses, while WeChat waits."""
        queue = self._queues.long if long else self._queues.jobs
        now, deadline = self._clock(), job.arrival + DEADLINE
        until = now + PERSISTENCE if now > deadline else deadline
        pause = SHORTEST_PAUSE
        while True:
            try:
                queue.send(job.to_json(), job.group, deduplication)
            except Misconfigured:
                return False
            except Unavailable:
                now = self._clock()
                if now >= until:
                    return False
                self._sleep(min(pause, until - now))
                pause = min(2 * pause, LONGEST_PAUSE)
            else:
                return True

    def refused(self, arrival: float) -> PushOutcome:
        """The queue took no job, so only another delivery by WeChat can help."""
        self.let_wechat_hang_up(arrival)
        return PushOutcome(REFUSED, cause=Unavailable("the queue"))

    def let_wechat_hang_up(self, arrival: float) -> None:
        self._sleep(max(0.0, arrival + PATIENCE - self._clock()))

    def _queued(self, routed: RoutedPush, outcome: PushOutcome, deduplication: str) -> PushOutcome:
        if not self.offer(_job(routed), deduplication, long=routed.route.long):
            return self.refused(routed.arrival)
        ack = routed.route.ack
        if ack is None:
            return outcome
        return outcome._replace(response=routed.respond((ack,), self._clock()) or SUCCESS)


def _job(routed: RoutedPush) -> Job:
    push = routed.opened.push
    return Job(
        identity=routed.identity,
        openid=push.from_user_name,
        arrival=routed.arrival,
        sender=routed.owner,
        route=routed.route.name,
        push=push.fields,
    )

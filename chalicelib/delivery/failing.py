"""What becomes of a job that failed: it comes again, or it is dead and its user is told so."""

from collections.abc import Callable
from contextlib import suppress

from .. import log
from ..ports import ConditionFailed, QueuedJob, Unavailable
from ..router.continuing import named
from ..router.routes import Routes
from ..wechat.errors import OperatorMustAct, TryLater
from ..wechat.parsing import from_fields
from ..wechat.replies import Reply
from .attempt import TRIES, Attempt
from .drain import Drain
from .handling import HandlerRefused
from .jobs import Job
from .line import Cancelled, TooLong
from .putting import Putting
from .taking import Taking
from .watch import Overran

PAUSES = (2, 6, 14, 30)
"""Seconds between the tries; the last begins within the minute in which a tap can be answered."""
PAUSES_FOR_OPERATOR = (30, 120, 300, 900)
"""The same when no try can succeed before an operator acts, as after a new app secret."""

PAUSES_OF_TASKS = (5, 30, 60, 300)
"""The same for a task while WeChat takes no calls (-1), or no more of them this minute (45011)."""


def is_last(attempt: Attempt, error: Exception) -> bool:
    """Whether the job is not tried again: too many tries failed, or no other one can help."""
    final = isinstance(error, Overran | TooLong) or (
        isinstance(error, HandlerRefused) and error.final
    )
    return final or attempt.tries >= TRIES


class Failing:
    """Ends tries that failed. Accounts without the customer service API have no `drain`."""

    def __init__(
        self,
        routes: Routes,
        taking: Taking,
        putting: Putting,
        drain: Drain | None,
        clock: Callable[[], float],
    ) -> None:
        self._routes = routes
        self._taking = taking
        self._putting = putting
        self._drain = drain
        self._clock = clock

    def comes_again(self, attempt: Attempt, job: Job | None, error: Exception) -> None:
        """Lets the job come again after a pause."""
        pauses = PAUSES_FOR_OPERATOR if isinstance(error, OperatorMustAct) else PAUSES
        if job and job.task and isinstance(error, TryLater):
            pauses = PAUSES_OF_TASKS
        with suppress(Unavailable):  # then it comes again when its visibility ends
            attempt.message.hold(pauses[attempt.tries - 1])

    def dies(self, attempt: Attempt, job: Job | None, error: Exception) -> None:
        """Apologizes for the job, and lets the queue move it aside."""
        if isinstance(error, Overran) and job:
            log.error("a handler took too long and was ended", route=job.route, advice=str(error))
        if job:
            self._bury(job, attempt)
        self.goes_aside(attempt.message)

    def is_cancelled(self, attempt: Attempt, job: Job) -> None:
        """Ends what the user cancelled; the next try finds that nothing is left to do."""
        self._putting.cancel(job, attempt.me, None)
        self.goes_aside(attempt.message)

    @staticmethod
    def goes_aside(message: QueuedJob) -> None:
        """Lets the queue give the job out at once, because the user's later jobs wait."""
        with suppress(Unavailable):
            message.hold(0)

    def _bury(self, job: Job, attempt: Attempt) -> None:
        """Marks the push of a dead job, and apologizes to its user if nobody has."""
        self._taking.give_back(job, attempt.me)  # it may be ours though no write said so
        apology = self._apology(job)
        if apology is None:
            self._taking.bury(job, attempt.me)
            return
        route = named(self._routes, job.route)
        cancellable = route is not None and route.cancellable
        try:
            line = self._putting.apology(job, attempt.me, apology, cancellable=cancellable)
            if self._drain is not None:
                self._drain.drain(attempt.turn(job, last=True), line)
        except (Cancelled, ConditionFailed):
            self._taking.bury(job, attempt.me)
        except Exception as trouble:  # noqa: BLE001 - the job is dead already, and stays whole
            log.error("the apology could not be sent", None, trouble, identity=job.identity)

    def _apology(self, job: Job) -> Reply | None:
        """What the user of a dead job reads; None while nothing could reach them."""
        if job.push is None:
            return None
        push = from_fields(job.push)
        route, window = named(self._routes, job.route), push.reply_window
        if route is None or window is None or self._clock() > job.arrival + window.seconds:
            return None
        return route.apology

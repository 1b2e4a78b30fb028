"""Looks after one try of a job, beside its handler.

    typing   every 15 s: the user sees that an answer is being written
    hold     after 1 s: others get the job when this process is certainly dead, and not before
    beat     every 30 s: a long job keeps its push, and its place in the queue
    look     every 5 s: has the user cancelled this stream or long job?
    limit    a little before Lambda would end the process, or when the route's seconds are over

What ends a handler is raised where it runs. One that goes on all the same is ended with its
process, after the outcome has been written.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from ..ports import Beside, ConditionFailed, Process, QueuedJob, Table, Unavailable
from ..router.route import Interrupted
from . import record, worker_record
from .line import Cancelled, is_cancelled

AGAIN = 1.0
"""Seconds until a handler that goes on is interrupted again, and then ended with its process."""
INTERRUPTIONS = 2
"""How often a handler is interrupted before that."""
LOOKS = 5.0
"""Seconds between two looks for a cancellation, and in which a handler may see it by itself."""
HELD_AFTER = 1.0
"""Seconds after which a job is held; most have ended by then, and none waits for it."""
BEATS = 30.0
"""Seconds between two beats of a long job."""
BEATEN = 90.0
"""Seconds for which a beat hides a long job from others."""
UNCONFIRMED = 60.0
"""Seconds without a confirmed beat after which a long job may be another process's."""
T = TypeVar("T")


class Overran(Exception):
    """A handler took too long; it is not run again, because it would do the same."""


class Lost(Exception):
    """A long job is another process's, or may be."""


class Watch:
    """What goes on beside the handler of one try.

    `finish` writes the outcome of a handler that nothing else can end. `kept` is the push that
    beats keep: its identity and its owner.
    """

    def __init__(
        self,
        process: Process,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        finish: Callable[[Exception], None],
    ) -> None:
        self._process = process
        self._clock = clock
        self._sleep = sleep
        self._finish = finish
        self._beside: list[Beside] = []
        self._typing: Beside | None = None
        self._lock = threading.Lock()
        self._runs = False
        self._interruptions = 0
        self._finishing = False
        self._reason: Exception | None = None
        self.cancelled = False
        self.kept: tuple[str, str] | None = None

    def run(self, action: Callable[[], T]) -> T:
        """Does what the handler does. Raises whatever that raises, or why it was ended."""
        self._raise_reason()
        return self.run_last(action)

    def run_last(self, action: Callable[[], T]) -> T:
        """The same for what a handler does when it is ended."""
        with self._lock:
            self._runs = True
        try:
            result = self._process.run(action)
        except (Exception, Interrupted):
            self._stopped()
            self._raise_reason()
            raise
        self._stopped()
        self._raise_reason()
        return result

    def close(self) -> None:
        """Ends what goes on beside; only a call to WeChat may still be under way."""
        if self._typing is not None:
            self._typing.stop(wait=False)
        for each in self._beside:
            each.stop(wait=True)

    def limit(self, seconds: float, reason: Exception) -> None:
        """Ends the handler after so many seconds from now."""
        self._also(lambda: self._ended(reason), max(0.0, seconds))

    def typing(self, show: Callable[[], float | None]) -> None:
        """Shows the user that an answer is being written, from now on as long as `show` says.

        The handler does not wait for it. After a message, which hides it, it begins again.
        """
        if self._typing is not None:
            self._typing.stop(wait=False)
        self._typing = self._process.beside(show, 0.0)

    def look(self, table: Table, openid: str, arrival: float) -> None:
        """Looks whether the user cancels what answers their push at `arrival`."""

        def call() -> float | None:
            if self.cancelled:
                return self._ended(Cancelled())
            with suppress(Unavailable):
                self.cancelled = is_cancelled(table, openid, arrival)
            return LOOKS

        self._also(call, LOOKS)

    def hold(self, message: QueuedJob, until: float, *, at_once: bool) -> None:
        """Hides the job from others until then (epoch seconds).

        The long queue would hide one for as long as the long worker may run, so there it is done
        at once. Elsewhere a job is hidden for about as long anyhow.
        """

        def call() -> None:
            with suppress(Unavailable):
                message.hold(until - self._clock())

        self._also(call, 0.0 if at_once else HELD_AFTER)

    def beat(self, message: QueuedJob, table: Table) -> None:
        """Keeps a long job, and the push that is `kept`."""
        confirmed = self._clock()

        def call() -> float | None:
            nonlocal confirmed
            with suppress(Unavailable):
                message.hold(BEATEN)
            lease = self._clock() + BEATEN + record.LEASE
            try:
                if self.kept is not None:
                    table.write(worker_record.beat(*self.kept, lease))
                confirmed = self._clock()
            except ConditionFailed:
                return self._ended(Lost())
            except Unavailable:
                if self._clock() - confirmed >= UNCONFIRMED:
                    return self._ended(Lost())
            return BEATS

        self._also(call, BEATS)

    def _also(self, call: Callable[[], float | None], after: float) -> None:
        self._beside.append(self._process.beside(call, after))

    def _ended(self, reason: Exception) -> float | None:
        """Ends the handler: interrupts it, and at last ends the process."""
        with self._lock:
            self._reason = self._reason or reason
            if not self._runs:
                return AGAIN  # it is ended when it would run again
            self._interruptions += 1
            self._finishing = self._interruptions > INTERRUPTIONS
        if not self._finishing:
            self._process.interrupt(Interrupted())
            return AGAIN
        try:
            self._finish(self._reason)
        finally:
            self._process.end()
        return None

    def _stopped(self) -> None:
        with self._lock:
            self._runs = False
        while self._finishing:  # then this process is about to end
            self._sleep(AGAIN)

    def _raise_reason(self) -> None:
        if self._reason is not None:
            raise self._reason

"""Virtual time, and processes that take turns in it.

A process is a greenlet: the code it runs is the real one, written for one thread, and every
call of the world is a place where it may sleep, and where others run meanwhile. Time passes
only when all of them sleep. So a run depends on nothing but its seed.
"""

import heapq
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from typing import NoReturn

from greenlet import GreenletExit, getcurrent, greenlet

from tests.fakes import Clock


class Killed(GreenletExit, KeyboardInterrupt):
    """The process ends here: nothing that its code catches keeps it alive."""


class Kernel(Clock):
    """The clock, and what happens when."""

    def __init__(self, now: float) -> None:
        super().__init__(now)
        self.hub = getcurrent()
        self._events: list[tuple[float, int, Callable[[], object]]] = []
        self._order = count()

    def at(self, when: float, event: Callable[[], object]) -> None:
        heapq.heappush(self._events, (max(when, self.now), next(self._order), event))

    def after(self, seconds: float, event: Callable[[], object]) -> None:
        self.at(self.now + seconds, event)

    def sleep(self, seconds: float) -> None:
        """Lets the others run until `seconds` have passed for the thread that calls it."""
        thread = getcurrent()
        assert isinstance(thread, _Thread)
        self.after(seconds, thread.wakes())
        self.hub.switch()

    def run(self) -> None:
        """Until nothing is left to happen."""
        while self._events:
            when, _, event = heapq.heappop(self._events)
            self.now = when
            event()


class Lock:
    """What keeps the threads of a process apart."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._taken = False

    def __enter__(self) -> None:
        while self._taken:
            self._kernel.sleep(0.001)
        self._taken = True

    def __exit__(self, *_: object) -> None:
        self._taken = False


class Process:
    """Code under way, in a thread of its own and in those beside it.

    `delay` is how long the weather has held it up, in seconds, and `faults` where; `owner` is
    what it calls itself in the records of pushes, `handling` how long its handler took. It has
    `lost` what it cannot know: a call failed, or it was killed. It is `outpaced` when others
    changed a user's line before it could, and `out_of_time` when Lambda ended it.
    """

    def __init__(self, kernel: Kernel, name: str, run: Callable[[], None]) -> None:
        self._kernel = kernel
        self._main = _Thread(self, kernel, run)
        self.threads = [self._main]
        self._interruptible = False
        self.name = name
        self.began = kernel.now
        self.delay = 0.0
        self.faults: set[str] = set()
        self.lost = False
        self.outpaced = False
        self.out_of_time = False
        self.refused = 0.0
        self.owner = ""
        self.handling = 0.0

    @staticmethod
    def current() -> "Process":
        thread = getcurrent()
        assert isinstance(thread, _Thread)
        return thread.process

    @property
    def now(self) -> float:
        return self._kernel.now

    @property
    def ended(self) -> bool:
        return self._main not in self.threads

    def wake(self) -> None:
        """Lets it begin, until it sleeps."""
        self._main.wake()

    def die(self) -> NoReturn:
        """Ends the process that calls it."""
        self._dies()
        self._kernel.after(0, self.kill)
        raise Killed

    def kill(self) -> None:
        """Ends it from outside, while it sleeps."""
        if not self.ended:
            self._dies()
        for thread in tuple(self.threads):
            thread.throws(Killed())

    def _dies(self) -> None:
        self.lost = True
        self.faults.add("killed")

    # --- What goes on beside a handler --------------------------------------------------------

    def beside(self, run: Callable[[], None], after: float) -> None:
        """Begins a thread in so many seconds."""
        thread = _Thread(self, self._kernel, run)
        self.threads.append(thread)
        self._kernel.after(after, thread.wakes())

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        self._interruptible = True
        try:
            yield
        finally:
            self._interruptible = False

    def interrupt(self, reason: BaseException) -> None:
        """Raises `reason` in the main thread, if that is interruptible then."""
        self._kernel.after(0, partial(self._interrupted, reason))

    def _interrupted(self, reason: BaseException) -> None:
        if self._interruptible:
            self._main.throws(reason)


class _Thread(greenlet):
    def __init__(self, process: Process, kernel: Kernel, run: Callable[[], None]) -> None:
        super().__init__(run, kernel.hub)
        self.process = process
        self._naps = 0

    def wakes(self) -> Callable[[], None]:
        """Ends the sleep that begins now, unless it is over by then."""
        self._naps += 1
        nap = self._naps
        return lambda: self.wake() if nap == self._naps else None

    def wake(self) -> None:
        """Lets it run until it sleeps again."""
        self._goes_on(self.switch)

    def throws(self, reason: BaseException) -> None:
        """Raises `reason` where it sleeps."""
        self._naps += 1
        self._goes_on(partial(self.throw, reason))

    def _goes_on(self, switch: Callable[[], object]) -> None:
        if self in self.process.threads:
            switch()
            if self.dead:
                self.process.threads.remove(self)

"""Virtual time, and processes that take turns in it.

A process is a greenlet: the code it runs is the real one, written for one thread, and every
call of the world is a place where it may sleep, and where others run meanwhile. Time passes
only when all of them sleep. So a run depends on nothing but its seed.
"""

import heapq
from collections.abc import Callable
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
        """Lets the others run until `seconds` have passed for the process that calls it."""
        self.after(seconds, Process.current().wake)
        self.hub.switch()

    def run(self) -> None:
        """Until nothing is left to happen."""
        while self._events:
            when, _, event = heapq.heappop(self._events)
            self.now = when
            event()


class Process:
    """Code under way.

    `delay` is how long the weather has held it up, in seconds, and `faults` where; `owner` is
    what it calls itself in the records of pushes, `handling` how long its handler took. It has
    `lost` what it cannot know: a call failed, or it was killed. It is `outpaced` when others
    changed a user's line before it could.
    """

    def __init__(self, kernel: Kernel, name: str, run: Callable[[], None]) -> None:
        self._thread: _Thread | None = _Thread(self, kernel, run)
        self.name = name
        self.began = kernel.now
        self.delay = 0.0
        self.faults: set[str] = set()
        self.lost = False
        self.outpaced = False
        self.refused = 0.0
        self.owner = ""
        self.handling = 0.0

    @staticmethod
    def current() -> "Process":
        thread = getcurrent()
        assert isinstance(thread, _Thread)
        return thread.process

    @property
    def ended(self) -> bool:
        return self._thread is None

    def wake(self) -> None:
        """Lets it run until it sleeps again."""
        if self._thread is not None:
            self._thread.switch()
            self._forget_the_dead()

    def die(self) -> NoReturn:
        """Ends the process that calls it."""
        self.lost = True
        self.faults.add("killed")
        raise Killed

    def kill(self) -> None:
        """Ends it from outside, while it sleeps."""
        if self._thread is not None:
            self.lost = True
            self.faults.add("killed")
            self._thread.throw(Killed)
            self._forget_the_dead()

    def _forget_the_dead(self) -> None:
        # A greenlet is no good to the garbage collector, and would keep the whole run.
        if self._thread is not None and self._thread.dead:
            self._thread = None


class _Thread(greenlet):
    def __init__(self, process: Process, kernel: Kernel, run: Callable[[], None]) -> None:
        super().__init__(run, kernel.hub)
        self.process = process

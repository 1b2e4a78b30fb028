"""What AWS does to a crowd: functions that start cold, and services with a limit a second."""

from collections import deque

IDLE = 600.0
"""Seconds after which Lambda takes away a function that nobody calls."""
WINDOW = 10.0
"""Seconds in which so many functions may start as the burst says."""


class Functions:
    """The instances of one function: each does one thing at a time."""

    def __init__(self, at_once: int, burst: int) -> None:
        self.busy = 0
        self.cold_starts = 0
        self.invocations = 0
        self.throttled = 0
        self.first_throttled: float | None = None
        self.seconds = 0.0
        self._at_once = at_once
        self._burst = burst
        self._idle: deque[float] = deque()
        self._started: deque[float] = deque()

    @property
    def live(self) -> int:
        """How many there are, busy or not."""
        return self.busy + len(self._idle)

    def begin(self, now: float) -> bool | None:
        """Takes one: whether it starts cold; None when there may be no more of them."""
        idle = self._idle
        while idle and idle[0] < now - IDLE:
            idle.popleft()
        cold = not idle
        if self.busy >= self._at_once or (cold and not self._may_start(now)):
            self.throttled += 1
            if self.first_throttled is None:
                self.first_throttled = now
            return None
        if not cold:
            idle.pop()
        self.busy += 1
        self.invocations += 1
        self.cold_starts += cold
        return cold

    def end(self, now: float, took: float) -> None:
        """Gives it back after so many seconds."""
        self.busy -= 1
        self.seconds += took
        self._idle.append(now)

    def _may_start(self, now: float) -> bool:
        started = self._started
        while started and started[0] < now - WINDOW:
            started.popleft()
        if len(started) >= self._burst:
            return False
        started.append(now)
        return True


class Rate:
    """A service that takes so many calls a second; the others are tried again."""

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self.peak = 0.0
        self.over = 0
        self.first_over: float | None = None
        self._second = -1
        self._taken = 0.0

    def take(self, now: float, amount: float = 1) -> float:
        """Seconds until they are taken: 0, or until the load has passed."""
        second = int(now)
        if second != self._second:
            self._second, self._taken = second, max(0.0, self._taken - self.limit)
        self._taken += amount
        self.peak = max(self.peak, self._taken)
        if self._taken <= self.limit:
            return 0.0
        self.over += 1
        if self.first_over is None:
            self.first_over = now
        return self._taken / self.limit - 1 + 0.05

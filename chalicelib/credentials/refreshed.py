"""Keeps values from SSM in memory and reads them again, in passing or when one was refused.

A use reads a value again when it is about ten minutes old. A push that does not verify triggers a
read at once, but at most every ten seconds, so that forged traffic cannot hammer SSM. A failed
read keeps the old values, and what does not verify is refused until the next read.

An account has 40 reads a second. Under forged traffic of every kind a door makes one read in six
seconds, so 200 of them stay below that.
"""

import random
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from threading import Lock
from typing import ClassVar, Generic, TypeVar

from .. import log
from ..ports import Parameters, Unavailable

T = TypeVar("T")

REFRESH = 600
"""Seconds after which a use reads the value again, plus up to a tenth at random."""
PAUSE = 10
"""Seconds between two reads that pushes trigger."""
TRIES_AT_START = 4


class Refreshed(ABC, Generic[T]):
    """The value read last, and when to read it again; safe to use from many threads."""

    refresh: ClassVar[float] = REFRESH
    pause: ClassVar[float] = PAUSE

    def __init__(self, parameters: Parameters, clock: Callable[[], float] = time.time) -> None:
        self._parameters = parameters
        self._clock = clock
        self._value: T | None = None
        self.generation = 0
        """How often it was read; a change shows that another thread has read it meanwhile."""
        self._looked = float("-inf")
        self._due = float("-inf")
        self._lock = Lock()

    def load(self, sleep: Callable[[float], None] = time.sleep) -> None:
        """Reads the value before the first use; gives up silently after a few jittered tries."""
        for attempt in range(TRIES_AT_START):
            if self._read():
                return
            sleep(random.uniform(0, 0.1 * 2**attempt))

    def look_again(self, generation: int) -> bool:
        """Whether there may be a newer value than that of `generation`, which was refused.

        Reads it, unless that was tried within the last `pause` seconds. Raises Unavailable when the
        read fails.
        """
        with self._lock:
            if self.generation != generation:
                return True
            if self._clock() - self._looked < self.pause:
                return False
            self._read_again()
            return True

    def read_now(self) -> None:
        """Reads the value at once, which only an operator may ask for. Raises Unavailable."""
        with self._lock:
            self._read_again()

    def _read_again(self) -> None:
        if not self._read():
            raise Unavailable("the secrets could not be read again")

    def _current(self) -> T:
        if self._clock() >= self._due:
            with self._lock:
                if self._clock() >= self._due:
                    self._read()
        if self._value is None:
            raise Unavailable("the secrets have not been read yet")
        return self._value

    def _read(self) -> bool:
        now = self._looked = self._clock()
        try:
            self._value = self._fetched(now)
        except Exception as error:  # noqa: BLE001 - after any error the old values stay
            self._due = now + (1 if self._value is None else PAUSE)
            log.error("secrets could not be read", {"SecretsUnavailable": 1}, error)
            return False
        self._due = now + self.refresh * random.uniform(1, 1.1)
        self.generation += 1
        return True

    @abstractmethod
    def _fetched(self, now: float) -> T: ...

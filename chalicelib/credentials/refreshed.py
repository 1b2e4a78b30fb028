"""What is read from SSM, kept in memory, and read again: in passing, or when it did not fit.

Every ten minutes or so it is read again in passing, and at once when a push does not verify,
though at most every ten seconds, so that forged traffic cannot hammer SSM. A failed read keeps
what there is.
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
"""Seconds after which a value is read again in passing, plus a tenth at random."""
PAUSE = 10
"""Seconds between two reads that pushes ask for."""
SOON = 1
"""The same after a read that failed."""
TRIES_AT_START = 4


class Refreshed(ABC, Generic[T]):
    """What was read last, and when to read it again; safe to use from many threads."""

    refresh: ClassVar[float] = REFRESH

    def __init__(self, parameters: Parameters, clock: Callable[[], float] = time.time) -> None:
        self._parameters = parameters
        self._clock = clock
        self._value: T | None = None
        self.generation = 0
        """How often they have been read; tells whether somebody else has just done so."""
        self._looked = float("-inf")
        self._due = float("-inf")
        self._lock = Lock()

    def load(self, sleep: Callable[[float], None] = time.sleep) -> None:
        """Reads the secrets before the first use; gives up silently after a few jittered tries."""
        for attempt in range(TRIES_AT_START):
            if self._read():
                return
            sleep(random.uniform(0, 0.1 * 2**attempt))

    def look_again(self, generation: int) -> bool:
        """Whether there may be others than those of `generation`, which did not fit.

        Reads them, unless that was done a moment ago. Raises Unavailable when it was tried now,
        and failed: then nobody can say, and the next one who asks tries again soon.
        """
        with self._lock:
            if self.generation != generation:
                return True
            if self._clock() - self._looked < PAUSE:
                return False
            if self._read():
                return True
            self._looked += SOON - PAUSE
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
        except Exception as error:  # noqa: BLE001 - whatever SSM answers, the old values stand
            self._due = now + (1 if self._value is None else PAUSE)
            log.error("secrets could not be read", {"SecretsUnavailable": 1}, error)
            return False
        self._due = now + self.refresh * random.uniform(1, 1.1)
        self.generation += 1
        return True

    @abstractmethod
    def _fetched(self, now: float) -> T: ...

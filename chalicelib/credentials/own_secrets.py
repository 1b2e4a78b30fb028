"""The team's own secrets, parameters under `own/`: read at first use, then kept in memory.

A new value counts within about half a minute, because a use after 30 s reads it again. The last
try of a job comes later than that. So a handler that raises when its old key is refused will run
with the new key in time.
"""

import re
import time
from collections.abc import Callable
from threading import Lock

from ..ports import Parameters, Unavailable
from .refreshed import Refreshed

_NAME = re.compile(r"[A-Za-z0-9_.-]+")


class SecretMissing(Unavailable):
    """There is no such secret; the message says which command sets it."""


class OwnSecrets:
    """The secrets of one stage; safe to use from many threads."""

    def __init__(
        self, parameters: Parameters, stage: str, clock: Callable[[], float] = time.time
    ) -> None:
        self._parameters = parameters
        self._stage = stage
        self._clock = clock
        self._kept: dict[str, _OwnSecret] = {}
        self._lock = Lock()

    def get(self, name: str) -> str:
        """The current value of the parameter `own/<name>`.

        Raises SecretMissing, Unavailable when it cannot be read now, or ValueError.
        """
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is not a secret's name; write letters, digits, - _ and .")
        with self._lock:
            kept = self._kept.setdefault(
                name, _OwnSecret(self._parameters, f"own/{name}", self._clock)
            )
        value = kept.current()
        if not value:
            command = f"python -m ops secrets set own/{name} --stage {self._stage}"
            raise SecretMissing(f"the secret own/{name} is missing; run: {command}")
        return value


class _OwnSecret(Refreshed[str]):
    """One secret; an empty text while it is missing."""

    refresh = 30

    def __init__(self, parameters: Parameters, name: str, clock: Callable[[], float]) -> None:
        super().__init__(parameters, clock)
        self._name = name

    def current(self) -> str:
        generation = self.generation
        value = self._current()
        if not value and self.look_again(generation):
            return self._current()
        return value

    def _fetched(self, now: float) -> str:
        found = self._parameters.read([self._name])
        return found[0].value if found else ""

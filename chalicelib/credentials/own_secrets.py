"""The team's own secrets, parameters under `own/`: read at first use, then kept in memory.

A new value counts within about half a minute, because a use after 30 s reads it again. The last
try of a job comes later than that. So a handler that raises when its old key is refused will run
with the new key in time. One call reads all that a process uses, up to ten.
"""

import re
import time
from collections.abc import Callable, Mapping

from ..ports import Parameters, Unavailable
from .refreshed import Refreshed

AT_ONCE = 10
"""Most parameters that SSM reads in one call."""
_NAME = re.compile(r"[A-Za-z0-9_.-]+")


class SecretMissing(Unavailable):
    """There is no such secret; the message says which command sets it."""


class OwnSecrets(Refreshed[Mapping[str, str]]):
    """The secrets of one stage that were asked for; an empty text while one is missing."""

    refresh = 30

    def __init__(
        self, parameters: Parameters, stage: str, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__(parameters, clock)
        self._stage = stage
        self._names: list[str] = []

    def get(self, name: str) -> str:
        """The current value of the parameter `own/<name>`.

        Raises SecretMissing, Unavailable when it cannot be read now, or ValueError.
        """
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is not a secret's name; write letters, digits, - _ and .")
        self._ask_for(name)
        generation = self.generation
        value = self._value_of(name)
        if not value and self.look_again(generation):
            value = self._value_of(name)
        if not value:
            command = f"python -m ops secrets set own/{name} --stage {self._stage}"
            raise SecretMissing(f"the secret own/{name} is missing; run: {command}")
        return value

    def _ask_for(self, name: str) -> None:
        """Has a new name read with the others at its first use."""
        if name in self._names:
            return
        with self._lock:
            if name not in self._names:
                self._names.append(name)
                self._due = float("-inf")

    def _value_of(self, name: str) -> str:
        values = self._current()
        if name not in values:
            raise Unavailable(f"the secret own/{name} has not been read yet")
        return values[name]

    def _fetched(self, now: float) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for first in range(0, len(self._names), AT_ONCE):
            asked = [f"own/{name}" for name in self._names[first : first + AT_ONCE]]
            found |= {each.name: each.value for each in self._parameters.read(asked)}
        return {name: found.get(f"own/{name}", "") for name in self._names}

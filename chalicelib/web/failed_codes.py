"""Limits the calls to WeChat that strangers cause with codes they made up.

Anybody gets a signed state, because anybody may sign in. With it they can send any text that looks
like a code, and only WeChat knows whether it is one. So each process counts the codes that failed
within the last minute, and asks WeChat nothing more for an address that sent many of them. Codes
that WeChat accepts are not counted, so many visitors may share an address.
"""

import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

MINUTE = 60
FROM_ADDRESS = 5
"""Failed codes in a minute after which an address has to wait."""
FROM_ALL = 60
"""Failed codes in a minute, from any addresses, after which everybody has to wait."""


class Failure(NamedTuple):
    """A code that came from `address` and failed at `moment` (epoch seconds)."""

    moment: float
    address: str


class FailedCodes:
    """The codes that failed in this process within the last minute."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._failures: deque[Failure] = deque(maxlen=FROM_ALL)

    def add(self, address: str) -> None:
        """Counts a code from `address`."""
        self._failures.append(Failure(self._clock(), address))

    def too_many(self, address: str) -> bool:
        """Whether a visitor at `address` has to wait before WeChat is asked again."""
        recent = [each for each in self._failures if each.moment > self._clock() - MINUTE]
        from_address = sum(each.address == address for each in recent)
        return from_address >= FROM_ADDRESS or len(recent) >= FROM_ALL

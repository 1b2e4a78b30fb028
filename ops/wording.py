"""Ages, durations and numbers as people read and write them."""

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

import click

N = TypeVar("N", bound=float)

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def age(seconds: float) -> str:
    """An age in the largest unit that fits: `3 d`, `5 min`."""
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"


def moment(when: float) -> str:
    """A time in epoch seconds: `2026-03-01 08:00:00 UTC`."""
    return datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def count(number: int, what: str) -> str:
    """A number of things: `1 job`, `2 jobs`."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def times(number: int) -> str:
    """How often something happened: `once`, `2 times`."""
    return "once" if number == 1 else f"{number} times"


class Duration(click.ParamType[int]):
    """Seconds, written as `90s`, `5m`, `2h` or `30d`."""

    name = "duration"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        if isinstance(value, int):
            return value
        found = re.fullmatch("([1-9][0-9]*)([smhd])", str(value))
        if not found:
            self.fail("write a number and a unit: 90s, 5m, 2h or 30d", param, ctx)
        return int(found[1]) * _SECONDS[found[2]]


class Number(click.ParamType[N]):
    """A number from `least` to `most`; `wish` says what to write, with an example."""

    name = "number"

    def __init__(
        self, read: Callable[[str], N], wish: str, least: float, most: float = math.inf
    ) -> None:
        self._read = read
        self._wish = wish
        self._least = least
        self._most = most

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> N:
        try:
            number = self._read(str(value))
        except ValueError:
            number = None
        if number is None or not self._least <= number <= self._most:
            self.fail(f"write {self._wish}", param, ctx)
        return number

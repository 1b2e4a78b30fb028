"""What an examination finds, and what to do about it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from .target import Target


class State(Enum):
    """How bad it is: with a warning something is lost, with a failure users get no answers."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a report; `do` is empty if there is nothing to do."""

    check: str
    state: State
    found: str
    do: str = ""


@dataclass(frozen=True, slots=True)
class Patient:
    """The stage to examine and its URL, without a slash at the end; empty if it has none."""

    target: Target
    site: str


Examination: TypeAlias = Callable[[Patient], Iterator[Finding]]


def ok(check: str, found: str) -> Finding:
    return Finding(check, State.OK, found)


def warn(check: str, found: str, do: str) -> Finding:
    return Finding(check, State.WARN, found, do)


def fail(check: str, found: str, do: str) -> Finding:
    return Finding(check, State.FAIL, found, do)

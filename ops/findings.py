"""What an examination finds, and what is to be done about it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from .target import Target


class State(Enum):
    """How bad it is: a warning costs something, a failure costs users their answers."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a report; `do` is empty where nothing is to be done."""

    check: str
    state: State
    found: str
    do: str = ""


@dataclass(frozen=True, slots=True)
class Patient:
    """A stage, and where it is on the web, without a slash at the end; empty if nowhere."""

    target: Target
    site: str


Examination: TypeAlias = Callable[[Patient], Iterator[Finding]]


def ok(check: str, found: str) -> Finding:
    return Finding(check, State.OK, found)


def warn(check: str, found: str, do: str) -> Finding:
    return Finding(check, State.WARN, found, do)


def fail(check: str, found: str, do: str) -> Finding:
    return Finding(check, State.FAIL, found, do)

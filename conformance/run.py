"""Runs checks, beside each other where they allow it."""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum

from .backend import Backend, Failed
from .check import Check
from .delivery import Fault


class Word(Enum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_RUN = "not run"


@dataclass(frozen=True, slots=True)
class Result:
    """How a check ended, and what was seen, after so many seconds."""

    check: Check
    word: Word
    seen: str
    seconds: float = 0.0


def run(
    checks: Iterable[Check],
    backend: Backend,
    beside: int = 8,
    tell: Callable[[Result], None] = lambda result: None,
) -> list[Result]:
    """All results, in the order of the checks; each is told when it is there."""
    checks = list(checks)
    results: dict[str, Result] = {}

    def one(check: Check) -> None:
        result = results[check.name] = _result(check, backend)
        tell(result)

    with ThreadPoolExecutor(beside) as pool:
        list(pool.map(one, [each for each in checks if not each.alone]))
    for check in checks:
        if check.alone:
            one(check)
    return [results[check.name] for check in checks]


def _result(check: Check, backend: Backend) -> Result:
    missing = [need for need in check.needs if not backend.has(need)]
    if missing:
        options = ", ".join(OPTIONS.get(need, f"--{need.replace('_', '-')}") for need in missing)
        return Result(check, Word.NOT_RUN, f"it needs {options}")
    began = time.monotonic()
    try:
        word, seen = Word.PASSED, check.body(backend)
    except Failed as failed:
        word, seen = Word.FAILED, str(failed)
    except Fault as fault:
        word, seen = Word.FAILED, f"the user reads the fault: {fault}"
    except Exception as error:  # noqa: BLE001 - a backend may answer anything
        word, seen = Word.FAILED, f"{type(error).__name__}: {error}"
    return Result(check, word, seen, time.monotonic() - began)


OPTIONS = {"encrypted": "an encrypted mode", "safe": "--mode safe", "api": "--api-url"}
"""Options whose names are not those of what checks need."""

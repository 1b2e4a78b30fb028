"""Breaks a rule of the code while seeds run: a line of a function is changed and compiled again."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

RAN: set[str] = set()
"""The rules whose functions ran while they were `watched`."""


@dataclass(frozen=True)
class Edit:
    """A line as it stands in a function, and what breaks it."""

    function: Callable[..., Any]
    stands: str
    broken: str


@dataclass(frozen=True)
class Mutant:
    """A rule, and the edits that break it; the faults of `weather` come often in its runs."""

    rule: str
    edits: tuple[Edit, ...]
    weather: tuple[str, ...] = ()


@contextmanager
def broken(mutant: Mutant) -> Iterator[None]:
    """The code with a rule broken. Raises AssertionError when a line of it has moved."""
    with ExitStack() as stack:
        for edit in mutant.edits:
            stack.enter_context(_edited(edit))
        yield


@contextmanager
def watched(mutants: Iterable[Mutant]) -> Iterator[set[str]]:
    """The whole code; gives the rules whose functions ran since the set was last cleared."""
    with ExitStack() as stack:
        for mutant in mutants:
            for edit in mutant.edits:
                told = _told_first(_source(edit.function), mutant.rule)
                stack.enter_context(_replaced(edit.function, told))
        yield RAN


def _told_first(source: str, rule: str) -> str:
    """The function, which first of all says that it runs."""
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef)
    first, lines = function.body[0], source.splitlines()
    told = f"from {__name__} import RAN; RAN.add({rule!r})"
    lines.insert(first.lineno - 1, " " * first.col_offset + told)
    return "\n".join(lines)


@contextmanager
def _edited(edit: Edit) -> Iterator[None]:
    source = _source(edit.function)
    moved = f"{edit.stands!r} is not in {edit.function.__qualname__}"
    assert source.count(edit.stands) == 1, moved
    with _replaced(edit.function, source.replace(edit.stands, edit.broken)):
        yield


def _source(function: Callable[..., Any]) -> str:
    return textwrap.dedent(inspect.getsource(function))


@contextmanager
def _replaced(function: Any, source: str) -> Iterator[None]:
    """The function with other code."""
    made: dict[str, Any] = {}
    exec(  # noqa: S102 - our own code
        compile(source, "<mutant>", "exec"),
        function.__globals__,
        made,
    )
    whole = function.__code__
    edited = made[function.__name__]
    for wrapped in ("__func__", "fget"):  # of a static method, of a property
        edited = getattr(edited, wrapped, edited)
    function.__code__ = edited.__code__
    try:
        yield
    finally:
        function.__code__ = whole


def mutant(
    rule: str,
    function: Callable[..., Any],
    stands: str,
    broken: str,
    *others: Edit,
    weather: Sequence[str] = (),
) -> Mutant:
    return Mutant(rule, (Edit(function, stands, broken), *others), tuple(weather))

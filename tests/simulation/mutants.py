"""Breaks a rule of the code while seeds run: a line of a function is changed and compiled again."""

import inspect
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any


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
def _edited(edit: Edit) -> Iterator[None]:
    function: Any = edit.function
    source = textwrap.dedent(inspect.getsource(function))
    assert source.count(edit.stands) == 1, f"{edit.stands!r} is not in {function.__qualname__}"
    made: dict[str, Any] = {}
    exec(  # noqa: S102 - our own code
        compile(source.replace(edit.stands, edit.broken), "<mutant>", "exec"),
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

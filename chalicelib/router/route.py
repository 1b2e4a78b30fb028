"""One handler, what it answers, and how its answer travels."""

import functools
import inspect
import re
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from ..wechat.messages import Push
from ..wechat.replies import Label, Reply, Text, labelled
from .context import Context
from .handler_result import HandlerResult, replies
from .per_day import PerDay

Pattern: TypeAlias = str | int | re.Pattern[str]
State: TypeAlias = str | re.Pattern[str]
P = TypeVar("P", bound=Push)
T = TypeVar("T")
Handler: TypeAlias = Callable[[P, Context], HandlerResult]
Before: TypeAlias = Callable[[Push, Context], HandlerResult]
"""Runs before a handler: None lets it run, anything else is the answer instead."""


class Interrupted(BaseException):
    """Ends a handler from outside; no `except Exception` of the handler's holds it back."""


_ENDS_THE_PROCESS = (KeyboardInterrupt, Interrupted)


_NOTHING: Any = object()


class RouteError(Exception):
    """A route that cannot work; the message says where it is and what to write instead."""


class HandlerLeft(Exception):
    """A handler raised what is no Exception; only this run of the handler fails."""


@dataclass(frozen=True, slots=True)
class Route:
    """One handler, what it answers, and how its answer travels.

    A slow route may be a `stream`, whose parts leave while the handler goes on, and `long`: then a
    function of its own runs it. Its handler is ended after `seconds`.
    """

    name: str
    kind: type[Push]
    patterns: Mapping[str, Pattern]
    state: State | None
    handler: Callable[[Any, Context], HandlerResult]
    slow: bool
    idempotent: bool
    ack: Reply | None
    apology: Reply | None
    stream: bool = False
    long: bool = False
    seconds: float | None = None
    ai: Label = False
    limit: PerDay | None = None

    @property
    def cancellable(self) -> bool:
        """Whether the user can cancel what it does."""
        return self.stream or self.long

    def match(self, push: Push) -> Mapping[str, str] | None:
        """The named groups of the patterns if kind and patterns match `push`, otherwise None."""
        if not isinstance(push, self.kind):
            return None
        groups: dict[str, str] = {}
        for name, pattern in self.patterns.items():
            value = getattr(push, name)
            if not isinstance(pattern, re.Pattern):
                if value != pattern:
                    return None
            elif found := pattern.fullmatch(value):
                groups.update(found.groupdict(""))
            else:
                return None
        return groups

    def answers_in(self, state: str | None) -> bool:
        """Whether it answers users whose conversation is in `state`."""
        if self.state is None:
            return True
        if isinstance(self.state, str):
            return self.state == state
        return state is not None and self.state.fullmatch(state) is not None

    def run(self, push: Push, context: Context) -> tuple[Reply, ...]:
        """Runs the handler. Raises whatever it raises, or HandlerLeft."""
        said = run_handler(lambda: replies(self.handler(push, context), self._named))
        return tuple(labelled(reply, self.ai) for reply in said) if self.ai else said

    def pieces(self, push: Push, context: Context) -> Generator[Reply | str, None, None]:
        """What the handler of a stream yields, one by one; runs it meanwhile. Raises the same."""
        said = run_handler(lambda: self.handler(push, context))
        yielded = said if isinstance(said, Iterator) else iter(replies(said, self._named))
        try:
            while (piece := run_handler(lambda: next(yielded, _NOTHING))) is not _NOTHING:
                if isinstance(piece, str):
                    yield piece
                else:
                    yield from (labelled(reply, self.ai) for reply in replies(piece, self._named))
        finally:
            if isinstance(yielded, Generator):
                run_handler(yielded.close)

    def text(self, content: str) -> Reply:
        """A text of the handler's."""
        return labelled(Text(content), self.ai)

    @property
    def place(self) -> str:
        """The handler's place in the source, for error messages."""
        return place_of(self.handler)

    @property
    def _named(self) -> str:
        return f"{self.name} ({self.place})"


def run_handler(action: Callable[[], T]) -> T:
    """Runs code of a handler. Raises whatever it raises; HandlerLeft for what is no Exception."""
    try:
        return action()
    except Exception:
        raise
    except _ENDS_THE_PROCESS:
        raise
    except BaseException as error:
        raise HandlerLeft from error


def place_of(handler: Callable[..., Any]) -> str:
    """The handler's place in the source, as `file:line`."""
    code = inspect.unwrap(handler).__code__
    return f"{code.co_filename}:{code.co_firstlineno}"


def preceded(handler: Handler[Any], before: Before) -> Handler[Any]:
    """The handler, unless `before` answers instead."""

    @functools.wraps(handler)
    def answer(push: Push, context: Context) -> HandlerResult:
        instead = before(push, context)
        return handler(push, context) if instead is None else instead

    return answer

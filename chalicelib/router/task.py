"""Work of one's own: a handler that no push starts.

    @router.task("digest")
    def digest(ctx: Context, openid: str) -> None:
        ctx.send(openid, headlines())

`bootstrap.start("morning.digest", openid, identity="2026-12-01")` starts it, once.
"""

import inspect
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..wechat import plain_json
from .context import Context
from .route import RouteError, place_of, run_handler

MOST_BYTES: Final = 20_000
"""Bytes of JSON that a task's arguments may have: ten tasks go into the queue in one request."""
_NOTHING = (None, "None", inspect.Signature.empty)
_CONTEXT = (Context, Context.__name__, inspect.Parameter.empty)
_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


class StartError(Exception):
    """A task cannot be started like this; the message says what to write instead."""


class Returned(Exception):
    """A task has returned something, which nobody reads."""


@dataclass(frozen=True, slots=True)
class Task:
    """A handler that no push starts; jobs find it by its name."""

    name: str
    handler: Callable[..., None]

    @property
    def place(self) -> str:
        """The handler's place in the source, for error messages."""
        return place_of(self.handler)

    def arguments(self, given: Sequence[Any]) -> str:
        """The arguments as JSON. Raises StartError, which quotes none of them."""
        signature = inspect.signature(self.handler)
        try:
            signature.bind(None, *given)
            text = plain_json.stored(given)
            unchanged = json.loads(text) == list(given)
        except (TypeError, ValueError) as error:
            raise StartError(f"{self.name} takes {signature}, as JSON: {error}") from None
        if not unchanged:
            raise StartError(f"{self.name} takes JSON alone; write lists, and strings as keys")
        if len(text.encode()) > MOST_BYTES:
            raise StartError(
                f"{self.name} takes at most {MOST_BYTES} bytes; pass a key to the rest"
            )
        return text

    def run(self, context: Context, arguments: str) -> None:
        """Runs the handler. Raises whatever it raises, HandlerLeft, or Returned."""
        if run_handler(lambda: self.handler(context, *json.loads(arguments))) is not None:
            raise Returned("a task returns nothing; use ctx.send or ctx.api")


def check(task: Task) -> None:
    """Raises RouteError for a task that can never work."""
    for problem in _problems(task):
        raise RouteError(f"{task.place}: {problem}")


def _problems(task: Task) -> Iterable[str]:
    handler = task.handler
    if inspect.iscoroutinefunction(handler) or inspect.isasyncgenfunction(handler):
        yield "a task is a plain function; write def, not async def"
    signature = inspect.signature(handler)
    if inspect.isgeneratorfunction(handler) or signature.return_annotation not in _NOTHING:
        yield "a task returns nothing; say what there is to say with ctx.send"
    first = next(iter(signature.parameters.values()), None)
    if first is None or first.kind not in _POSITIONAL or first.annotation not in _CONTEXT:
        yield f"a task takes the context first; write def {handler.__name__}(ctx: Context, …)"

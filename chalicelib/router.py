"""Which handler answers which push: routers are values, put in one visible order.

    router = Router("chat", apology="出了点问题，请稍后再试。")

    @router.on(TextMessage, content=re.compile(r"天气\\s*(?P<city>\\S+)"), slow=True)
    def weather(message: TextMessage, ctx: Context) -> Reply:
        return Text(forecast(ctx.groups["city"]))

    routes = Routes(router, ...)

A handler says what to answer; its route says how the answer travels. The first route that
matches answers. A route that could never do what it says is refused when it is written, so
that `chalice deploy` refuses it too.
"""

import dataclasses
import difflib
import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from .answer import Answer, as_reply, replies
from .context import Context
from .wechat.messages import Event, MenuEvent, Push
from .wechat.parsing import kind_of_event
from .wechat.replies import Reply, fits_passive

__all__ = ["Answer", "Context", "RouteError", "Router", "Routes"]

Pattern: TypeAlias = str | int | re.Pattern[str]
P = TypeVar("P", bound=Push)
Handler: TypeAlias = Callable[[P, Context], Answer]


_LEAVES = frozenset(("SystemExit", "CancelledError", "PanicException"))
"""What is no Exception and yet only a handler's failure: the last comes from libraries in Rust."""


class RouteError(Exception):
    """A route that cannot work; the message says where it is and what to write instead."""


class HandlerLeft(Exception):
    """A handler raised what would end the process; like any failure it ends only the handler."""


@dataclass(frozen=True, slots=True)
class Route:
    """One handler, what it answers, and how its answer travels."""

    name: str
    kind: type[Push]
    patterns: Mapping[str, Pattern]
    handler: Callable[[Any, Context], Answer]
    slow: bool
    idempotent: bool
    ack: Reply | None
    apology: Reply | None

    def match(self, push: Push) -> Mapping[str, str] | None:
        """The named groups of its patterns when all of them fit `push`, else None."""
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

    def run(self, push: Push, context: Context) -> tuple[Reply, ...]:
        """What the handler answers. Raises whatever it raises, and HandlerLeft."""
        try:
            return replies(self.handler(push, context))
        except BaseException as error:
            if any(kind.__name__ in _LEAVES for kind in type(error).__mro__):
                raise HandlerLeft from error
            raise

    @property
    def place(self) -> str:
        """Where its handler stands, for error messages."""
        return _place(self.handler)


class Router:
    """Handlers that belong together; `apology` is sent when one of its slow ones fails for good."""

    def __init__(self, name: str, *, apology: Reply | str | None = None) -> None:
        self.name = name
        self.routes: list[Route] = []
        self.closed = False
        self._apology = as_reply(apology)

    def on(
        self,
        kind: type[P],
        *,
        slow: bool = False,
        idempotent: bool = False,
        ack: Reply | str | None = None,
        **patterns: Pattern,
    ) -> Callable[[Handler[P]], Handler[P]]:
        """Lets the function below answer pushes of `kind` whose fields fit the patterns.

        A string or number must equal the field, a compiled regular expression must match the
        whole of it. `slow` lets the answer take longer than WeChat waits; `ack` is what the
        user reads meanwhile. `idempotent` promises that running twice harms nobody, which
        saves every AWS call. Raises RouteError.
        """

        def add(handler: Handler[P]) -> Handler[P]:
            if self.closed:
                raise RouteError(f"{_place(handler)}: router {self.name} is in Routes already")
            if not inspect.isfunction(handler):
                raise RouteError(f"{handler!r} is no function; write def above which on(…) stands")
            route = Route(
                name=f"{self.name}.{handler.__name__}",
                kind=kind,
                patterns=patterns,
                handler=handler,
                slow=slow,
                idempotent=idempotent,
                ack=as_reply(ack),
                apology=self._apology,
            )
            _check(route)
            self.routes.append(route)
            return handler

        return add


class Routes:
    """Routers in the order in which they are asked. Raises RouteError."""

    def __init__(self, *routers: Router) -> None:
        self._routes = tuple(route for router in routers for route in router.routes)
        for router in routers:
            router.closed = True
        _check_names(routers, self._routes)
        _check_order(self._routes)

    def __iter__(self) -> Iterator[Route]:
        return iter(self._routes)

    def named(self, name: str) -> Route | None:
        """The route of a job, which may come from another version of the account."""
        return next((route for route in self._routes if route.name == name), None)

    def match(self, push: Push) -> tuple[Route, Mapping[str, str]] | None:
        """The first route that answers `push`, and the named groups of its patterns."""
        for route in self._routes:
            if isinstance(push, route.kind) and (groups := route.match(push)) is not None:
                return route, groups
        return None


def handler_to_write(push: Push) -> str:
    """The lines that would answer `push`; they hold no words of the user."""
    kind = type(push).__name__
    patterns = ""
    if type(push) is Event:
        patterns = f", event={push.event[:64]!r}"
    elif isinstance(push, MenuEvent):
        patterns = f", event_key={push.event_key[:64]!r}"
    return f"@router.on({kind}{patterns})\ndef answer(push: {kind}, ctx: Context) -> Reply: ..."


# --- Checks -----------------------------------------------------------------------------------


def _check(route: Route) -> None:
    for problem in _problems(route):
        raise RouteError(f"{route.place}: {problem}")


def _problems(route: Route) -> Iterable[str]:
    asked: Any = route.kind
    if not isinstance(asked, type) or not issubclass(asked, Push):
        yield "on takes a class of chalicelib.wechat.messages first; write on(TextMessage)"
        return
    kind = route.kind.__name__
    yield from _pattern_problems(route, kind)
    if route.ack is not None and not route.slow:
        yield "only a slow route has an ack; write slow=True, or return the text from the handler"
    if route.ack is not None and not fits_passive(route.ack):
        yield "an ack is a passive reply, such as a text of at most 2048 bytes"
    if route.slow and route.idempotent:
        yield "a slow route is never idempotent; write one of the two"
    if route.slow and route.kind.reply_window is None:
        yield f"{kind} opens no reply window, so a late answer could not be sent; leave out slow"
    yield from _handler_problems(route, kind)


def _pattern_problems(route: Route, kind: str) -> Iterable[str]:
    fields = _fields(route.kind)
    for name, pattern in route.patterns.items():
        if name not in fields:
            yield _unknown_field(route.kind, name)
        elif not _suits(pattern, fields[name]):
            yield f"{name} of {kind} is {fields[name].__name__}; write a pattern of that type"
        elif route.kind is Event and (known := kind_of_event(pattern)):
            yield f"{pattern} has a class of its own; write on({known.__name__})"


def _handler_problems(route: Route, kind: str) -> Iterable[str]:
    if inspect.iscoroutinefunction(route.handler) or inspect.isasyncgenfunction(route.handler):
        yield "a handler is a plain function; write def, not async def"
    try:
        inspect.signature(route.handler).bind(None, None)
    except TypeError:
        yield f"a handler takes two arguments; write def {_name(route)}(push: {kind}, ctx: Context)"


def _fields(kind: type[Push]) -> dict[str, Any]:
    """The fields that a pattern can be compared with, and their types; the kind says the rest."""
    said_by_kind = {"msg_type"} if kind is Event else {"msg_type", "event"}
    return {
        each.name: each.type
        for each in dataclasses.fields(kind)
        if each.type in (str, int) and each.name not in said_by_kind
    }


def _suits(pattern: Pattern, declared: type) -> bool:
    if isinstance(pattern, re.Pattern):
        return declared is str and isinstance(pattern.pattern, str)
    return type(pattern) is declared


def _unknown_field(kind: type[Push], name: str) -> str:
    known = sorted(_fields(kind))
    close = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {close[0]}?" if close else f"it has {', '.join(known)}"
    return f"{kind.__name__} has no field {name} to match; {hint}"


def _check_names(routers: Iterable[Router], routes: Iterable[Route]) -> None:
    names: set[str] = set()
    for router in routers:
        if router.name in names:
            raise RouteError(f"two routers are called {router.name!r}; give each its own name")
        names.add(router.name)
    places: dict[str, str] = {}
    for route in routes:
        if route.name in places:
            raise RouteError(
                f"{route.place}: {_name(route)} is the name of a handler at "
                f"{places[route.name]} already; rename one, for jobs find it by its name"
            )
        places[route.name] = route.place


def _check_order(routes: tuple[Route, ...]) -> None:
    for position, later in enumerate(routes):
        for earlier in routes[:position]:
            if _hides(earlier, later):
                raise RouteError(
                    f"{later.place}: {later.name} is never reached, for {earlier.name} at "
                    f"{earlier.place} answers all it would; put it before that one"
                )


def _hides(earlier: Route, later: Route) -> bool:
    return issubclass(later.kind, earlier.kind) and all(
        name in later.patterns and _covers(pattern, later.patterns[name])
        for name, pattern in earlier.patterns.items()
    )


def _covers(earlier: Pattern, later: Pattern) -> bool:
    if isinstance(earlier, re.Pattern) and isinstance(later, str):
        return earlier.fullmatch(later) is not None
    return earlier == later


def _name(route: Route) -> str:
    return route.name.rpartition(".")[2]


def _place(handler: Callable[..., Any]) -> str:
    code = inspect.unwrap(handler).__code__
    return f"{code.co_filename}:{code.co_firstlineno}"

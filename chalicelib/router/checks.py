"""Checks routes at import; each error says what is wrong and what to write instead."""

import dataclasses
import difflib
import inspect
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ..wechat.messages import Event, Push
from ..wechat.parsing import kind_of_event
from ..wechat.passive import fits_passive
from .handler_result import replies
from .per_day import PerDay
from .route import Before, Pattern, Route, RouteError, State, place_of

if TYPE_CHECKING:
    from .task import Task

FUNCTION_SECONDS = 60
"""The worker's lambda_timeout, as .chalice/config.json comes."""
LONG_FUNCTION_SECONDS = 900
"""The same of the long worker."""
_WORDS = re.compile(r"[\w-]+")


def check(route: Route) -> None:
    """Raises RouteError for a route that can never work."""
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
        yield "a route cannot be both slow and idempotent; write one of the two"
    if route.slow and route.kind.reply_window is None:
        yield f"{kind} opens no reply window, so a late answer could not be sent; leave out slow"
    for name in ("stream", "long", "seconds"):
        if getattr(route, name) and not route.slow:
            yield f"only a slow route has {name}; write slow=True, too"
    yield from _time_problems(route)
    yield from _limit_problems(route)
    if not _names_state(route.state):
        yield 'a state is a name or a regular expression over names; write state="booking.phone"'
    if route.state is not None and route.idempotent:
        yield "an idempotent route reads nothing, so no state either; leave out idempotent=True"
    yield from _handler_problems(route, kind)


def _time_problems(route: Route) -> Iterable[str]:
    seconds: Any = route.seconds
    if seconds is None:
        return
    if not isinstance(seconds, int | float) or seconds <= 0:
        yield "seconds is a time; write a number over 0"
    elif route.long and seconds >= LONG_FUNCTION_SECONDS:
        yield "the long worker's function is ended after 900 seconds; write fewer"
    elif not route.long and seconds >= FUNCTION_SECONDS:
        yield "the worker's function is ended after 60 seconds; write long=True"


def _limit_problems(route: Route) -> Iterable[str]:
    limit: Any = route.limit
    if limit is None:
        return
    if not isinstance(limit, PerDay):
        yield "a limit says how often in a day, and what is said then; write limit=PerDay(20, …)"
        return
    if route.idempotent:
        yield "an idempotent route records nothing, so it has no limit; leave out idempotent=True"
    if limit.times < 1:
        yield "a limit lets at least one push through; write limit=PerDay(1, …)"
    if not replies(limit.text):
        yield 'a limit says what is read from then on; write limit=PerDay(20, "请明天再来。")'


def _pattern_problems(route: Route, kind: str) -> Iterable[str]:
    if not route.patterns:
        return
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


def check_before(before: Before) -> None:
    """Raises RouteError for a `before` that can never work."""
    if not inspect.isfunction(before):
        raise RouteError(f"before is a function; write before=allowed, not {before!r}")
    kinds = (
        inspect.iscoroutinefunction,
        inspect.isasyncgenfunction,
        inspect.isgeneratorfunction,
    )
    if any(is_kind(before) for is_kind in kinds):
        raise RouteError(f"{place_of(before)}: before returns None or a reply; write a plain def")
    try:
        inspect.signature(before).bind(None, None)
    except TypeError:
        name = f"{before.__name__}(push: Push, ctx: Context)"
        raise RouteError(
            f"{place_of(before)}: before takes two arguments; write def {name}"
        ) from None


def _names_state(state: State | None) -> bool:
    if isinstance(state, re.Pattern):
        return isinstance(state.pattern, str)
    return state is None or (isinstance(state, str) and state != "")


def _fields(kind: type[Push]) -> dict[str, Any]:
    """The fields that a pattern may match, and their types; the kind fixes the others."""
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


def check_name(name: object, of: str, instead: str) -> None:
    """Raises RouteError for a name that is not one word: jobs find their handler by its name."""
    if not isinstance(name, str) or not _WORDS.fullmatch(name):
        words = _WORDS.findall(name) if isinstance(name, str) else []
        raise RouteError(
            f"a name is one word of letters, digits, - and _; "
            f'write {of}("{"_".join(words) or instead}"), not {name!r}'
        )


def check_names(routers: Iterable[str], routes: "Iterable[Route | Task]") -> None:
    """Raises RouteError when two routers, or two routes or tasks, have the same name."""
    names: set[str] = set()
    for name in routers:
        if name in names:
            raise RouteError(f"two routers are called {name!r}; give each its own name")
        names.add(name)
    places: dict[str, str] = {}
    for route in routes:
        if route.name in places:
            if route.place == places[route.name]:
                raise RouteError(
                    f"{route.place}: {_name(route)} has two routes; write a function for each, "
                    "because jobs find their handler by its name"
                )
            raise RouteError(
                f"{route.place}: the handler at {places[route.name]} is called {_name(route)}, "
                "too; rename one, because jobs find their handler by its name"
            )
        places[route.name] = route.place


def check_order(routes: tuple[Route, ...]) -> None:
    """Raises RouteError for a route that an earlier one hides, or makes wait for a state."""
    for position, later in enumerate(routes):
        for earlier in routes[:position]:
            if _hides(earlier, later):
                same = _hides(later, earlier)
                do = "delete one of the two" if same else "put it before that one"
                raise RouteError(
                    f"{later.place}: {later.name} is never reached, because {earlier.name} at "
                    f"{earlier.place} answers the same pushes first; {do}"
                )
            if later.idempotent and earlier.state is not None and _meet(earlier, later):
                before = "put it before that one, where it answers in any state, or "
                raise RouteError(
                    f"{later.place}: {later.name} cannot be idempotent, because the state that "
                    f"{earlier.name} at {earlier.place} asks for must be read first; "
                    f"{'' if _hides(later, earlier) else before}leave out idempotent=True"
                )


def _hides(earlier: Route, later: Route) -> bool:
    """Whether `earlier` answers all pushes of `later`, in all of its states."""
    return (
        issubclass(later.kind, earlier.kind)
        and all(
            name in later.patterns and _covers(pattern, later.patterns[name])
            for name, pattern in earlier.patterns.items()
        )
        and (earlier.state is None or _covers(earlier.state, later.state))
    )


def _meet(one: Route, other: Route) -> bool:
    """Whether both may answer the same push."""
    return (issubclass(one.kind, other.kind) or issubclass(other.kind, one.kind)) and all(
        _overlap(one.patterns[name], other.patterns[name])
        for name in one.patterns.keys() & other.patterns.keys()
    )


def _overlap(one: Pattern, other: Pattern) -> bool:
    """Whether both may match the same value; of two regular expressions nobody can tell."""
    both = isinstance(one, re.Pattern) and isinstance(other, re.Pattern)
    return both or _covers(one, other) or _covers(other, one)


def _covers(earlier: Pattern, later: Pattern | None) -> bool:
    if isinstance(earlier, re.Pattern) and isinstance(later, str):
        return earlier.fullmatch(later) is not None
    return earlier == later


def _name(route: "Route | Task") -> str:
    return route.name.rpartition(".")[2]

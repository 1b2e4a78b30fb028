"""Routers collect handlers; Routes puts routers in one visible order."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from ..wechat.messages import Event, MenuEvent, Push
from ..wechat.replies import Label, Reply, checked_label
from .checks import check, check_before, check_name, check_names, check_order
from .handler_result import as_reply
from .per_day import PerDay
from .route import Before, Handler, P, Pattern, Route, RouteError, State, place_of, preceded

if TYPE_CHECKING:
    from .task import Task

F = TypeVar("F", bound=Callable[..., None])


class Router:
    """Handlers that belong together; `apology` goes out after the last try of a job of theirs.

    `ai` labels all that they answer as made by AI. A string is the line that passive texts end
    with, where WeChat has no label of its own. `before` runs before each handler, with the same
    push and context: it returns None to let it run, or what is answered instead. Raises RouteError.
    """

    def __init__(
        self,
        name: str,
        *,
        apology: Reply | str | None = None,
        ai: Label = False,
        before: Before | None = None,
    ) -> None:
        check_name(name, "Router", "chat")
        if before is not None:
            check_before(before)
        self.name = name
        self.routes: list[Route] = []
        self.tasks: list[Task] = []
        self.closed = False
        self._apology = as_reply(apology)
        self._ai = checked_label(ai)
        self._before = before

    def on(  # noqa: PLR0913 - a route has as many sides
        self,
        kind: type[P],
        *,
        state: State | None = None,
        slow: bool = False,
        stream: bool = False,
        long: bool = False,
        seconds: float | None = None,
        idempotent: bool = False,
        limit: PerDay | None = None,
        ai: Label | None = None,
        ack: Reply | str | None = None,
        **patterns: Pattern,
    ) -> Callable[[Handler[P]], Handler[P]]:
        """Lets the function below answer pushes of `kind` whose fields match the patterns.

        A string or a number must equal the field; a compiled regular expression must match all of
        it. `state` is compared with `ctx.state` in the same way; without it, a route answers in any
        state. `slow` lets the answer take longer than WeChat waits; `ack` is what the user reads
        meanwhile. `idempotent` promises that running twice is harmless; then a push needs no AWS
        call. `limit` says how often a user may use the route in a day. `ai` replaces the router's.
        Raises RouteError.

        A slow route may have more: with `stream`, what the handler yields leaves while it goes on;
        with `long`, it may take fifteen minutes, and no other answer waits behind it; after
        `seconds` it is ended, and its user reads the apology.
        """

        def add(handler: Handler[P]) -> Handler[P]:
            self._check_open(handler, "on(…)")
            route = Route(
                name=f"{self.name}.{handler.__name__}",
                kind=kind,
                patterns=patterns,
                state=state,
                handler=handler,
                slow=slow,
                idempotent=idempotent,
                ack=as_reply(ack),
                apology=self._apology,
                stream=stream,
                long=long,
                seconds=seconds,
                ai=self._ai if ai is None else checked_label(ai),
                limit=limit,
            )
            check(route)
            if self._before is not None:
                route = replace(route, handler=preceded(handler, self._before))
            self.routes.append(route)
            return handler

        return add

    def task(self, name: str) -> Callable[[F], F]:
        """Makes the function below a task, `<router>.<name>`, which `bootstrap.start` starts.

        It takes the context, and then values that JSON has. It is tried as other jobs are; no user
        waits for it, so none reads an apology. Raises RouteError.
        """
        from .task import Task, check  # noqa: PLC0415 - only accounts that have tasks need it

        check_name(name, "@router.task", "digest")

        def add(handler: F) -> F:
            self._check_open(handler, f'task("{name}")')
            task = Task(f"{self.name}.{name}", handler)
            check(task)
            self.tasks.append(task)
            return handler

        return add

    def _check_open(self, handler: Callable[..., object], decorator: str) -> None:
        if not inspect.isfunction(handler):
            raise RouteError(
                f"{handler!r} is not a function; write @router.{decorator} above a def"
            )
        if self.closed:
            raise RouteError(f"{place_of(handler)}: router {self.name} is in Routes already")


class Match(NamedTuple):
    """A route that answers a push, and the named groups of its patterns.

    `by_state` says that the user's state chose it.
    """

    route: Route
    groups: Mapping[str, str]
    by_state: bool


class Routes:
    """Routers in the order in which they are asked. Raises RouteError."""

    def __init__(self, *routers: Router) -> None:
        self._routes = tuple(route for router in routers for route in router.routes)
        self._tasks = {task.name: task for router in routers for task in router.tasks}
        for router in routers:
            router.closed = True
        tasks = (task for router in routers for task in router.tasks)
        check_names((router.name for router in routers), [*self._routes, *tasks])
        check_order(self._routes)

    def __iter__(self) -> Iterator[Route]:
        return iter(self._routes)

    def named(self, name: str) -> Route | None:
        """The route of that name; None if this version of the account has none."""
        return next((route for route in self._routes if route.name == name), None)

    def task(self, name: str) -> "Task | None":
        """The task of that name; None if this version of the account has none."""
        return self._tasks.get(name)

    def match(self, push: Push, state: Callable[[], str | None] = lambda: None) -> Match | None:
        """The first route that answers `push`; asks for the user's `state` only if it decides."""
        by_state, now = False, None
        for route in self._routes:
            groups = route.match(push)
            if groups is None:
                continue
            if route.state is not None and not by_state:
                by_state, now = True, state()
            if route.answers_in(now):
                return Match(route, groups, by_state)
        return None


def handler_to_write(push: Push) -> str:
    """The code that would answer `push`; it holds none of the user's words."""
    kind = type(push).__name__
    patterns = ""
    if type(push) is Event:
        patterns = f", event={push.event[:64]!r}"
    elif isinstance(push, MenuEvent):
        patterns = f", event_key={push.event_key[:64]!r}"
    start = f"from {type(push).__module__} import {kind}\n\n@router.on({kind}{patterns})"
    return f"{start}\ndef answer(push: {kind}, ctx: Context) -> Reply: ..."

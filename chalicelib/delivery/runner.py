"""Runs handlers and gives each what it may use."""

import time
from collections.abc import Callable, Generator, Mapping
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from ..ports import Queue
from ..router.context import Context, Said, Start, Work
from ..router.route import Route
from ..router.routes import Routes
from ..router.session import Session
from ..users.profile import Profile
from ..wechat.messages import Push
from ..wechat.replies import Reply
from .outgoing import OutgoingMessages

if TYPE_CHECKING:
    from ..api.client import Api  # types only: no push needs them
    from ..router.task import Task


class Run(NamedTuple):
    """One run of a handler, for the push `identity` that came at `arrival` (epoch seconds)."""

    identity: str
    groups: Mapping[str, str] | None
    arrival: float
    said: Said = Said()
    cancelled: Callable[[], bool] = lambda: False


class HandlerRunner:
    """The account's routes, and what their handlers may use in this process.

    `api` is for the worker alone: WeChat's token calls need its fixed address. `cancel` is told an
    openid and the arrival of the push that cancels.
    """

    def __init__(
        self,
        routes: Routes,
        queue: Queue,
        profile: Callable[[str], Profile],
        secret: Callable[[str], str],
        api: "Api | None" = None,
        clock: Callable[[], float] = time.time,
        start: Start | None = None,
        *,
        cancel: Callable[[str, float], None] | None = None,
    ) -> None:
        self.routes = routes
        self._queue = queue
        self._profile = profile
        self._secret = secret
        self._api = api
        self._clock = clock
        self._start = start
        self._cancel = cancel

    def run(self, route: Route, push: Push, run: Run, session: Session | None) -> tuple[Reply, ...]:
        """What the handler of `route` answers. Raises whatever it raises, and HandlerLeft."""
        outgoing = OutgoingMessages(self._queue, run.identity, self._clock)
        return route.run(push, self._context(run, outgoing, push.from_user_name, session))

    def stream(
        self, route: Route, push: Push, run: Run, session: Session
    ) -> tuple[Generator[Reply | str, None, None], OutgoingMessages]:
        """What the handler says, as it says it, and what it sends to others. Raises the same."""
        outgoing = OutgoingMessages(self._queue, run.identity, self._clock)
        outgoing.go_on_from(run.said.length)
        context = self._context(run, outgoing, push.from_user_name, session)
        return route.pieces(push, context), outgoing

    def run_task(self, task: "Task", arguments: str, run: Run) -> None:
        """Runs a task. Raises whatever it raises, HandlerLeft, or Returned."""
        outgoing = OutgoingMessages(self._queue, run.identity, self._clock)
        task.run(self._context(run, outgoing), arguments)

    def _context(
        self,
        run: Run,
        outgoing: OutgoingMessages,
        openid: str = "",
        session: Session | None = None,
    ) -> Context:
        return Context(
            run.identity,
            run.groups,
            work=Work(
                run.said,
                run.cancelled,
                partial(self._cancel, openid, run.arrival)
                if self._cancel and session is not None
                else None,
                self._start,
            ),
            send=outgoing.send,
            session=session,
            profile=partial(self._profile, openid) if openid else None,
            secret=self._secret,
            api=self._api,
        )

"""Runs handlers and gives each what it may use."""

import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from ..ports import Queue
from ..router.context import Context, Start
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


class HandlerRunner:
    """The account's routes, and what their handlers may use in this process.

    `api` is for the worker alone: WeChat's token calls need its fixed address.
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
    ) -> None:
        self.routes = routes
        self._queue = queue
        self._profile = profile
        self._secret = secret
        self._api = api
        self._clock = clock
        self._start = start

    def run(
        self,
        route: Route,
        push: Push,
        identity: str,
        groups: Mapping[str, str] | None,
        session: Session | None,
    ) -> tuple[Reply, ...]:
        """What the handler of `route` answers. Raises whatever it raises, and HandlerLeft."""
        profile = partial(self._profile, push.from_user_name)
        return route.run(push, self._context(identity, groups, session, profile))

    def run_task(self, task: "Task", arguments: str, identity: str) -> None:
        """Runs a task. Raises whatever it raises, HandlerLeft, or Returned."""
        task.run(self._context(identity), arguments)

    def _context(
        self,
        identity: str,
        groups: Mapping[str, str] | None = None,
        session: Session | None = None,
        profile: Callable[[], Profile] | None = None,
    ) -> Context:
        return Context(
            identity,
            groups,
            send=OutgoingMessages(self._queue, identity, self._clock).send,
            start=self._start,
            session=session,
            profile=profile,
            secret=self._secret,
            api=self._api,
        )

"""Runs handlers and gives each what it may use."""

import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from ..ports import Queue
from ..router.context import Context
from ..router.route import Route
from ..router.routes import Routes
from ..router.session import Session
from ..users.profile import Profile
from ..wechat.messages import Push
from ..wechat.replies import Reply
from .outgoing import OutgoingMessages

if TYPE_CHECKING:
    from ..api.client import Api  # a type only: no push needs it


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
    ) -> None:
        self.routes = routes
        self._queue = queue
        self._profile = profile
        self._secret = secret
        self._api = api
        self._clock = clock

    def run(
        self,
        route: Route,
        push: Push,
        identity: str,
        groups: Mapping[str, str] | None,
        session: Session | None,
    ) -> tuple[Reply, ...]:
        """What the handler of `route` answers. Raises whatever it raises, and HandlerLeft."""
        context = Context(
            identity,
            groups,
            send=OutgoingMessages(self._queue, identity, self._clock).send,
            session=session,
            profile=partial(self._profile, push.from_user_name),
            secret=self._secret,
            api=self._api,
        )
        return route.run(push, context)

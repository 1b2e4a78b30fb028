"""继续: a user asks for the rest of an answer.

Every account has this route, before its own ones: it brings what waits in the user's line. It never
takes the word from the account. If nothing waits, the account's own route for the text runs, and a
route that names exactly this text replaces it.
"""

from collections.abc import Callable
from dataclasses import replace

from ..wechat.messages import Push, TextMessage
from ..wechat.replies import Text
from .context import Context
from .route import Route
from .routes import Match, Routes

CONTINUE = ":continue:"
"""The name of the route, before that of the account's own one; no handler can have this name."""
WORD = "继续"
NOTHING_LEFT = "暂时没有更多内容"


def match(routes: Routes, push: Push, state: Callable[[], str | None]) -> Match | None:
    """The route that answers `push`; asks for the user's `state` only if it decides."""
    matched = routes.match(push, state)
    if not isinstance(push, TextMessage) or push.content.strip() != WORD:
        return matched
    if matched is None:
        return Match(_NOTHING_WAITS, {}, by_state=False)
    if matched.route.patterns.get("content") == WORD:
        return matched
    return matched._replace(route=_asking_first(matched.route))


def named(routes: Routes, name: str) -> Route | None:
    """The route of that name; None if this version of the account has none."""
    if name == CONTINUE:
        return _NOTHING_WAITS
    own = routes.named(name.removeprefix(CONTINUE))
    return _asking_first(own) if own and name.startswith(CONTINUE) else own


def asks_first(route: Route) -> bool:
    """Whether it asks for what waits before it runs."""
    return route.name.startswith(CONTINUE)


def _asking_first(own: Route) -> Route:
    """The account's own route, after a question for what waits; the worker asks and runs it."""
    return replace(own, name=CONTINUE + own.name, slow=True, idempotent=False, ack=None)


def _nothing_left(_message: TextMessage, _ctx: Context) -> Text:
    return Text(NOTHING_LEFT)


_NOTHING_WAITS = Route(
    name=CONTINUE,
    kind=TextMessage,
    patterns={},
    state=None,
    handler=_nothing_left,
    slow=True,
    idempotent=False,
    ack=None,
    apology=None,
)

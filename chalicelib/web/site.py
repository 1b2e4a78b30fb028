"""Everything that a browser may request."""

from collections.abc import Callable
from dataclasses import dataclass

from .. import log
from ..ports import Unavailable
from ..users.profile import Profile
from ..wechat.errors import ApiError
from . import notices
from .binding import Binding
from .callback import Callback
from .domain import DomainVerification
from .http import Request, Response
from .login import Logins
from .me import Me
from .notices import notice_page
from .oauth import Authorization


@dataclass(frozen=True, slots=True)
class Site:
    """What answers browsers, one part for each group of routes."""

    authorization: Authorization
    callback: Callback
    me: Me
    binding: Binding
    domain: DomainVerification
    logins: Logins

    def signed_in(self, request: Request) -> Profile | None:
        """The profile of the signed-in user, for a team's own routes. Raises Unavailable."""
        visitor = self.logins.visitor(request)
        return None if visitor is None else visitor.profile


def response_or_notice(ask: Callable[[], Response]) -> Response:
    """The response of `ask`; an exception becomes a page that reveals nothing about it."""
    try:
        return ask()
    except Exception as error:  # noqa: BLE001 - never JSON, never a trace
        log.error("a page failed", {"PageFailed": 1}, error, **log.reason(error))
        down = isinstance(error, ApiError | Unavailable)
        return notice_page(notices.DOWN if down else notices.BROKEN)

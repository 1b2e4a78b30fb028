"""All that a browser may ask for."""

from collections.abc import Callable
from dataclasses import dataclass

from .. import log
from ..ports import Unavailable
from ..users.profile import Profile
from . import notices
from .binding import Binding
from .callback import Callback
from .domain import DomainVerification
from .http import Request, Response
from .login import Logins
from .me import Me
from .notices import told
from .oauth import Authorization


@dataclass(frozen=True, slots=True)
class Site:
    """The rooms behind the doors that browsers come through."""

    authorization: Authorization
    callback: Callback
    me: Me
    binding: Binding
    domain: DomainVerification
    logins: Logins

    def signed_in(self, request: Request) -> Profile | None:
        """Who asks, if they are signed in: for a team's own routes. Raises Unavailable."""
        visitor = self.logins.visitor(request)
        return None if visitor is None else visitor.profile


def answered(ask: Callable[[], Response]) -> Response:
    """What a room answers; what goes wrong on the way becomes a page that tells nothing of it."""
    try:
        return ask()
    except Exception as error:  # noqa: BLE001 - never JSON, never a trace
        log.error("a page failed", {"PageFailed": 1}, error, **log.reason(error))
        return told(notices.DOWN if isinstance(error, Unavailable) else notices.BROKEN)

"""The signed-in user's page, and what they may do there."""

import time
from collections.abc import Callable

from .. import log
from ..users.profiles import Profiles
from ..wechat.authorization import Scope
from . import notices
from .http import Request, Response, page, see_other
from .login import Logins, Visitor, ended
from .notices import Notice, told
from .oauth import Authorization, forgotten


class Me:
    """The page, its forms, and the way out."""

    def __init__(
        self,
        profiles: Profiles,
        logins: Logins,
        authorization: Authorization,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._profiles = profiles
        self._logins = logins
        self._authorization = authorization
        self._clock = clock

    def show(self, request: Request) -> Response:
        """Their profile (GET /me); whoever is signed out is asked for it. Raises Unavailable."""
        visitor = self._logins.visitor(request)
        if visitor is None or _must_be_asked(visitor):
            return self._authorization.send_to_wechat(request, "/me", Scope.USERINFO)
        return page("me", site=request.site, profile=visitor.profile, csrf=visitor.csrf)

    def change(self, request: Request) -> Response:
        """What they want done (POST /me with `action` and `csrf`). Raises Unavailable."""
        visitor = self._logins.visitor(request)
        if visitor is None or not visitor.sent(request):
            return stale_form(request.site)
        openid = visitor.profile.openid
        match request.form.get("action"):
            case "sign_out_everywhere":
                self._profiles.sign_out_everywhere(openid)
                return _signed_out(request, notices.SIGNED_OUT_EVERYWHERE)
            case "unbind":
                self._profiles.unbind(openid)
                log.write("a user was unbound", {"Unbound": 1})
                return see_other(f"{request.site}/me", [self._logins.cookie(openid, self._clock())])
            case "forget":
                self._profiles.forget(openid, self._clock())
                log.write("a user deleted their data", {"DataDeleted": 1})
                return _signed_out(request, notices.FORGOTTEN)
            case _:
                return stale_form(request.site)

    def sign_out(self, request: Request) -> Response:
        """Ends the session of this browser (POST /logout with `csrf`). Raises Unavailable."""
        visitor = self._logins.visitor(request)
        if visitor is not None and not visitor.sent(request):
            return stale_form(request.site)
        return _signed_out(request, notices.SIGNED_OUT)


def stale_form(site: str) -> Response:
    """A form that no page of ours made for this visitor."""
    return told(notices.STALE_FORM, f"{site}/me")


def _must_be_asked(visitor: Visitor) -> bool:
    """Whether what they allowed has ended, or was never more than the openid."""
    return visitor.profile.authorize_again or visitor.profile.scope != Scope.USERINFO.value


def _signed_out(request: Request, notice: Notice) -> Response:
    cookies = [*ended(request), *forgotten(request)]
    return told(notice, f"{request.site}/me", cookies)

"""The signed-in user's page, and what they may do there."""

import time
from collections.abc import Callable

from .. import log
from ..users.profiles import Profiles
from ..wechat.authorization import Scope
from . import notices
from .http import Request, Response, page, see_other
from .login import Logins, Visitor, session_deleted
from .notices import Notice, notice_page
from .oauth import Authorization, states_deleted


class Me:
    """The page, its forms, and signing out."""

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
        """Shows the profile (GET /me), after authorization if need be. Raises Unavailable."""
        visitor = self._logins.visitor(request)
        if visitor is None or _must_be_asked(visitor):
            return self._authorization.send_to_wechat(request, "/me", Scope.USERINFO)
        return page("me", site=request.site, profile=visitor.profile, csrf=visitor.csrf)

    def change(self, request: Request) -> Response:
        """Does what a form asks (POST /me with `action` and `csrf`). Raises Unavailable."""
        visitor = self._logins.visitor(request)
        if visitor is None or not visitor.sent_form(request):
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
        if visitor is not None and not visitor.sent_form(request):
            return stale_form(request.site)
        return _signed_out(request, notices.SIGNED_OUT)


def stale_form(site: str) -> Response:
    """The response to a form that we did not show to this visitor."""
    return notice_page(notices.STALE_FORM, f"{site}/me")


def _must_be_asked(visitor: Visitor) -> bool:
    """Whether their authorization has ended, or never covered more than the openid."""
    return visitor.profile.authorize_again or visitor.profile.scope != Scope.USERINFO.value


def _signed_out(request: Request, notice: Notice) -> Response:
    cookies = [*session_deleted(request), *states_deleted(request)]
    return notice_page(notice, f"{request.site}/me", cookies)

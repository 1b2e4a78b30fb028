"""A visitor is sent to WeChat, which asks them and sends them back to `/oauth/callback`.

A signed cookie binds the state to this very browser, and keeps what they wanted here, so that
nothing of it goes through WeChat or stands in an address.

https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html
"""

import hmac
import re
import secrets
import time
from collections.abc import Callable
from hashlib import sha256
from typing import NamedTuple

from ..api.oauth_api import OAuthApi
from ..wechat.authorization import Scope, authorize_url
from . import notices
from .http import Cookie, Request, Response, redirect
from .notices import told
from .signing import COOKIE_KEY, InvalidToken, Signer, SiteKeys

STATE_SECONDS = 600
"""How long a visitor may take to consent."""
ROOM = 4000
"""Characters for the states of one browser: the gateway refuses headers of more than 10 KB."""
_COOKIE = "__Host-state-"
_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]{0,1000}")
_SCOPES = {"base": Scope.BASE, "userinfo": Scope.USERINFO}


class Intent(NamedTuple):
    """What a visitor wanted when they were sent to WeChat."""

    state: str
    next: str
    scope: Scope


def is_path_here(text: str) -> bool:
    """Whether `next` is a path on this site, in every browser's reading of it."""
    return _PATH.fullmatch(text) is not None


class Authorization:
    """The way to WeChat, and what a visitor went there for."""

    def __init__(
        self,
        open_url: str,
        keys: SiteKeys,
        sns: OAuthApi,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._open_url = open_url
        self._signer = Signer(keys, COOKIE_KEY, "state", clock)
        self._sns = sns
        self._clock = clock

    def authorize(self, request: Request) -> Response:
        """Sends a visitor to WeChat (GET /oauth/authorize?next=&scope=&forcePopup=)."""
        scope = _SCOPES.get(request.query.get("scope", "userinfo"))
        wanted = request.query.get("next", "/me")
        if scope is None or not is_path_here(wanted):
            return told(notices.BAD_LINK, f"{request.site}/me")
        force = request.query.get("forcePopup") == "true"
        return self.send_to_wechat(request, wanted, scope, force_popup=force)

    def send_to_wechat(
        self, request: Request, wanted: str, scope: Scope, *, force_popup: bool = False
    ) -> Response:
        """Asks the visitor there, and brings them back to the path `wanted`. Raises Unavailable."""
        state = secrets.token_hex(16)
        values = {"state": state, "next": wanted, "scope": scope.name}
        signed = self._signer.sign(values, self._clock() + STATE_SECONDS)
        url = authorize_url(
            self._open_url,
            self._sns.app_id(),
            f"{request.site}/oauth/callback",
            scope,
            state,
            force_popup=force_popup,
        )
        cookie = Cookie(_cookie_name(state), signed, STATE_SECONDS)
        return redirect(url, [cookie, *_in_the_way(request)])

    def intent(self, request: Request) -> Intent:
        """What this very browser was sent to WeChat for. Raises InvalidToken, or Unavailable."""
        state = request.query.get("state", "")
        values = self._signer.open(request.cookies.get(_cookie_name(state), ""))
        if not hmac.compare_digest(values["state"].encode(), state.encode()):
            raise InvalidToken
        return Intent(state, values["next"], Scope[values["scope"]])


def forgotten(request: Request) -> list[Cookie]:
    """Takes away what would let a reload of the callback sign the visitor in again."""
    return [Cookie(name, "") for name in request.cookies if name.startswith(_COOKIE)]


def _in_the_way(request: Request) -> list[Cookie]:
    """Takes away all earlier states when a visitor has begun very often and never come back."""
    states = forgotten(request)
    taken = sum(len(request.cookies[each.name]) for each in states)
    return states if taken > ROOM else []


def _cookie_name(state: str) -> str:
    """Of its own for each state, so that two tabs do not disturb each other."""
    return f"{_COOKIE}{sha256(state.encode()).hexdigest()[:8]}"

"""Sends a visitor to WeChat, which asks for consent and sends them back to `/oauth/callback`.

A signed cookie ties the state to this browser and keeps what the visitor wanted here. So none of
that passes through WeChat or appears in an address.

https://developers.weixin.qq.com/doc/service/guide/h5/auth.html
"""

import hmac
import re
import secrets
import time
from collections.abc import Callable
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import quote

from ..api.oauth_api import OAuthCalls
from ..wechat.authorization import Scope, authorize_url
from . import notices
from .http import Cookie, Request, Response, redirect
from .notices import notice_page
from .signing import COOKIE_KEY, InvalidToken, Signer, SiteKeys

STATE_SECONDS = 600
"""Seconds that a visitor may take to consent."""
ROOM = 4000
"""Characters for one browser's state cookies: the gateway refuses headers over 10 KB."""
_COOKIE = "__Host-state-"
_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]{0,1000}")
_OTHER_WORDS = re.compile("[^\x00-\x7f]+")
_SCOPES = {"base": Scope.BASE, "userinfo": Scope.USERINFO}


class PendingSignIn(NamedTuple):
    """A sign-in that waits for WeChat; the visitor then goes on to the path `next`."""

    state: str
    next: str
    scope: Scope


def is_path_here(text: str) -> bool:
    """Whether every browser reads `text` as a path on this site."""
    return _PATH.fullmatch(text) is not None


def _encoded(text: str) -> str:
    """`text` with its Chinese characters encoded, which the gateway has decoded once."""
    return _OTHER_WORDS.sub(lambda found: quote(found[0], errors="replace"), text)


class Authorization:
    """The way to WeChat, and the sign-ins that wait for it."""

    def __init__(
        self,
        open_url: str,
        keys: SiteKeys,
        oauth_api: OAuthCalls,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._open_url = open_url
        self._signer = Signer(keys, COOKIE_KEY, "state", clock)
        self._oauth_api = oauth_api
        self._clock = clock

    def authorize(self, request: Request) -> Response:
        """Sends a visitor to WeChat (GET /oauth/authorize?next=&scope=&forcePopup=)."""
        scope = _SCOPES.get(request.query.get("scope", "userinfo"))
        wanted = _encoded(request.query.get("next", "/me"))
        if scope is None or not is_path_here(wanted):
            return notice_page(notices.BAD_LINK, f"{request.site}/me")
        force = request.query.get("forcePopup") == "true"
        return self.send_to_wechat(request, wanted, scope, force_popup=force)

    def send_to_wechat(
        self, request: Request, wanted: str, scope: Scope, *, force_popup: bool = False
    ) -> Response:
        """Asks for `scope` and returns the visitor to the path `wanted`. Raises Unavailable."""
        state = secrets.token_hex(16)
        values = {"state": state, "next": wanted, "scope": scope.name}
        signed = self._signer.sign(values, self._clock() + STATE_SECONDS)
        url = authorize_url(
            self._open_url,
            self._oauth_api.app_id(),
            f"{request.site}/oauth/callback",
            scope,
            state,
            force_popup=force_popup,
        )
        cookie = Cookie(_cookie_name(state), signed, STATE_SECONDS)
        return redirect(url, [cookie, *_states_deleted_if_full(request)])

    def pending(self, request: Request) -> PendingSignIn:
        """The sign-in that this browser started. Raises InvalidToken, or Unavailable."""
        state = request.query.get("state", "")
        values = self._signer.open(request.cookies.get(_cookie_name(state), ""))
        if not hmac.compare_digest(values["state"].encode(), state.encode()):
            raise InvalidToken
        return PendingSignIn(state, values["next"], Scope[values["scope"]])


def states_deleted(request: Request) -> list[Cookie]:
    """Deletes all state cookies, so that reloading the callback does not sign in again."""
    return [Cookie(name, "") for name in request.cookies if name.startswith(_COOKIE)]


def _states_deleted_if_full(request: Request) -> list[Cookie]:
    """Deletes all earlier states when a visitor started very often and never came back."""
    states = states_deleted(request)
    taken = sum(len(request.cookies[each.name]) for each in states)
    return states if taken > ROOM else []


def _cookie_name(state: str) -> str:
    """Each state has its own cookie, so that two tabs do not disturb each other."""
    return f"{_COOKIE}{sha256(state.encode()).hexdigest()[:8]}"

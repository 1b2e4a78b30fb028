"""Signs a visitor in when WeChat sends them back with a code, once for all their requests.

    state and its cookie ──> claim the state     one of several requests gets it
                             code ──> tokens     one call
                             tokens ──> userinfo
                             write the profile
                             keep the result     for two minutes

WeChat's browser sometimes requests the callback twice. The first request uses up the code, but
the browser aborts it and shows the response to the second. A reload does the same. So each
request that brings the state and its cookie gets the same result, without another call.

The processes that sign visitors in also answer pushes, so visitors must not hold them for long.
What calls WeChat is a function of its own, and fails where WeChat has taken long. Its cold starts
do not count: of several visitors at once, any one may meet them, at any call. After a call that
failed only after long, a process makes no other one: not for this visitor, and for a moment not
for the next. The function is woken first, so that a code is not used up while it is out of reach.
"""

import json
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import urlencode

from .. import log
from ..api.oauth_api import LONG, OAuthCalls
from ..conditions import absent, any_of, at_most
from ..ports import ConditionFailed, Table, Unavailable, Write
from ..users.profiles import Profiles
from ..users.renewal import Renewal
from ..wechat.authorization import Grant, Scope, is_code
from ..wechat.errors import ApiError, AuthorizeAgain, Repeated
from . import notices
from .failed_codes import FailedCodes
from .http import Request, Response, redirect
from .login import Logins
from .notices import notice_page
from .oauth import STATE_SECONDS, Authorization, PendingSignIn
from .signing import InvalidToken

RESULT_SECONDS = 120
"""Seconds for which the callback repeats its result."""
REST = 5.0
"""Seconds for which a process then signs nobody in."""
PATIENCE = 8.0
"""Seconds for which a second request waits for the result of the first."""
LOOK = 0.3
"""Seconds between two looks for that result."""


class SignInResult(NamedTuple):
    """How a sign-in ended: `word` is `signed_in` or says why not; `since` is in epoch seconds."""

    word: str
    openid: str = ""
    since: float = 0.0


class Callback:
    """The way back from WeChat to this site."""

    def __init__(
        self,
        authorization: Authorization,
        table: Table,
        oauth_api: OAuthCalls,
        renewal: Renewal,
        profiles: Profiles,
        logins: Logins,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._authorization = authorization
        self._table = table
        self._oauth_api = oauth_api
        self._renewal = renewal
        self._profiles = profiles
        self._logins = logins
        self._clock = clock
        self._sleep = sleep
        self._failed_codes = FailedCodes(clock)
        self._rests_until = 0.0

    def answer(self, request: Request) -> Response:
        """Signs the visitor in (GET /oauth/callback?code=&state=). Raises Unavailable."""
        code = request.query.get("code", "")
        try:
            pending = self._authorization.pending(request)
        except InvalidToken:
            pending = None
        if pending is None or (code and not is_code(code)):
            log.write(
                "a callback was refused, because this browser did not start it",
                {"CallbackRefused": 1},
            )
            return notice_page(notices.NOT_ASKED_FOR, f"{request.site}/me")
        again = _again(request.site, pending)
        if not code:
            return notice_page(notices.REFUSED, again)
        if self._failed_codes.too_many(request.address):
            log.write("a callback has to wait, because many codes failed", {"CallbackRefused": 1})
            return notice_page(notices.TOO_MANY, again)
        if self._clock() < self._rests_until:
            return notice_page(notices.WECHAT_DOWN, again)
        self._wake()
        result = self._result_once(pending, code, request.address)
        return self._response(request.site, pending, again, result)

    def _result_once(self, pending: PendingSignIn, code: str, address: str) -> SignInResult:
        """The result for a state; the first request signs in, the others wait for it."""
        key = f"oauth#{sha256(pending.state.encode()).hexdigest()}"
        owner, now = secrets.token_hex(16), self._clock()
        mine = any_of(absent("owner"), at_most("expires", now))
        expires = now + 2 * STATE_SECONDS
        claim = {"owner": owner, "result": "", "begun": now, "expires": expires}
        try:
            self._table.write(Write(key, mine, claim))
        except ConditionFailed:
            return self._result_of_first(key)
        result = self._sign_in(pending, code, address)
        kept = {"result": json.dumps(result), "settled": self._clock()}
        with suppress(ConditionFailed, Unavailable):  # then a second request says "try again"
            self._table.write(Write(key, absent("settled"), kept))
        return result

    def _result_of_first(self, key: str) -> SignInResult:
        """The result of the first request, until RESULT_SECONDS after it was kept."""
        while True:
            item = self._table.get(key) or {}
            if item.get("result"):
                recent = item["settled"] > self._clock() - RESULT_SECONDS
                return SignInResult(*json.loads(item["result"])) if recent else SignInResult("over")
            if self._clock() >= item.get("begun", 0.0) + PATIENCE:
                return SignInResult("unavailable")
            self._sleep(LOOK)

    def _sign_in(self, pending: PendingSignIn, code: str, address: str) -> SignInResult:
        asked = self._clock()
        try:
            grant = self._grant(code, address)
            if grant.is_snapshotuser:
                return SignInResult("snapshot")
            shown = None
            if pending.scope is Scope.USERINFO:
                if not grant.shares_profile:
                    log.write(
                        "a visitor was not signed in, because WeChat granted less than was asked"
                    )
                    return SignInResult("less")
                shown = self._oauth_api.userinfo(grant.access_token, grant.openid)
            sealed = self._renewal.sealed(grant, asked)
            self._profiles.authorized(grant.openid, sealed, shown, asked)
        except (ApiError, Unavailable) as error:
            self._rest_if_long(asked)
            if isinstance(error, Repeated | AuthorizeAgain):
                return SignInResult("over")
            log.error(
                "a visitor cannot be signed in", {"SignInFailed": 1}, error, **log.reason(error)
            )
            return SignInResult("unavailable")
        return SignInResult("signed_in", grant.openid, asked)

    def _wake(self) -> None:
        """Returns once what calls WeChat has answered. Raises ApiError, or Unavailable."""
        asked = self._clock()
        try:
            self._oauth_api.app_id()
        except (ApiError, Unavailable):
            self._rest_if_long(asked)
            raise

    def _rest_if_long(self, asked: float) -> None:
        if self._clock() - asked > LONG:
            self._rests_until = self._clock() + REST

    def _grant(self, code: str, address: str) -> Grant:
        try:
            return self._oauth_api.exchange(code)
        except ApiError:
            self._failed_codes.add(address)
            raise

    def _response(
        self, site: str, pending: PendingSignIn, again: str, result: SignInResult
    ) -> Response:
        match result.word:
            case "signed_in":
                cookie = self._logins.cookie(result.openid, result.since)
                return redirect(site + pending.next, [cookie])
            case "snapshot":
                return notice_page(notices.SNAPSHOT, again)
            case "less":
                return notice_page(notices.LESS, again)
            case "over":
                return notice_page(notices.OVER, again)
            case _:
                return notice_page(notices.WECHAT_DOWN, again)


def _again(site: str, pending: PendingSignIn) -> str:
    query = urlencode({"next": pending.next, "scope": pending.scope.name.lower()})
    return f"{site}/oauth/authorize?{query}"

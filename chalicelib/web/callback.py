"""WeChat sends a visitor back with a code; they are signed in, once for all requests.

    state and its cookie ──> claim the state     one of several requests has it
                             code ──> tokens     one call
                             tokens ──> userinfo
                             the profile is written
                             what came of it     kept two minutes

WeChat's browser is known to ask for the callback twice: it aborts the first request, whose code
is spent by then, and shows what the second one gets. So does a reload. Whoever comes with the
state and its cookie gets what came of it, without another call.
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
from ..api.oauth_api import OAuthApi
from ..conditions import absent, any_of, at_most
from ..ports import ConditionFailed, Table, Unavailable, Write
from ..users.profiles import Profiles
from ..users.renewal import Renewal
from ..wechat.authorization import Scope, is_code
from ..wechat.errors import ApiError, AuthorizeAgain, Repeated
from . import notices
from .http import Request, Response, redirect
from .login import Logins
from .notices import told
from .oauth import STATE_SECONDS, Authorization, Intent
from .signing import InvalidToken

RESULT_SECONDS = 120
"""How long the callback answers the same again."""
PATIENCE = 20.0
"""Seconds for which the second of two requests waits for what came of the first."""
LOOK = 0.3


class Result(NamedTuple):
    """What came of a state: who is signed in since when, or in a word why nobody is."""

    word: str
    openid: str = ""
    since: float = 0.0


class Callback:
    """The way back from WeChat."""

    def __init__(
        self,
        authorization: Authorization,
        table: Table,
        sns: OAuthApi,
        renewal: Renewal,
        profiles: Profiles,
        logins: Logins,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._authorization = authorization
        self._table = table
        self._sns = sns
        self._renewal = renewal
        self._profiles = profiles
        self._logins = logins
        self._clock = clock
        self._sleep = sleep

    def answer(self, request: Request) -> Response:
        """WeChat sends the visitor back (GET /oauth/callback?code=&state=). Raises Unavailable."""
        code = request.query.get("code", "")
        try:
            intent = self._authorization.intent(request)
        except InvalidToken:
            intent = None
        if intent is None or (code and not is_code(code)):
            log.write("a callback that we did not ask for", {"CallbackRefused": 1})
            return told(notices.NOT_ASKED_FOR, f"{request.site}/me")
        again = _again(request.site, intent)
        if not code:
            return told(notices.REFUSED, again)
        return self._shown(request.site, intent, again, self._settled(intent, code))

    def _settled(self, intent: Intent, code: str) -> Result:
        """What came of the state; the first request that asks finds it out."""
        key = f"oauth#{sha256(intent.state.encode()).hexdigest()}"
        owner, now = secrets.token_hex(16), self._clock()
        mine = any_of(absent("owner"), at_most("expires", now))
        claim = {"owner": owner, "result": "", "expires": now + 2 * STATE_SECONDS}
        try:
            self._table.write(Write(key, mine, claim))
        except ConditionFailed:
            return self._waited_for(key)
        result = self._signed_in(intent, code)
        kept = {"result": json.dumps(result), "settled": self._clock()}
        with suppress(ConditionFailed, Unavailable):  # then a second request is told to try again
            self._table.write(Write(key, absent("settled"), kept))
        return result

    def _waited_for(self, key: str) -> Result:
        """What the first request came to, for as long as that is told."""
        deadline = self._clock() + PATIENCE
        while True:
            item = self._table.get(key) or {}
            if item.get("result"):
                recent = item["settled"] > self._clock() - RESULT_SECONDS
                return Result(*json.loads(item["result"])) if recent else Result("over")
            if self._clock() >= deadline:
                return Result("unavailable")
            self._sleep(LOOK)

    def _signed_in(self, intent: Intent, code: str) -> Result:
        asked = self._clock()
        try:
            grant = self._sns.exchange(code)
            if grant.is_snapshotuser:
                return Result("snapshot")
            shown = None
            if intent.scope is Scope.USERINFO:
                shown = self._sns.userinfo(grant.access_token, grant.openid)
            sealed = self._renewal.sealed(grant, asked)
            self._profiles.authorized(grant.openid, sealed, shown, asked)
        except (Repeated, AuthorizeAgain):
            return Result("over")
        except (ApiError, Unavailable) as error:
            log.error(
                "a visitor cannot be signed in", {"SignInFailed": 1}, error, **log.reason(error)
            )
            return Result("unavailable")
        return Result("signed_in", grant.openid, asked)

    def _shown(self, site: str, intent: Intent, again: str, result: Result) -> Response:
        match result.word:
            case "signed_in":
                cookie = self._logins.cookie(result.openid, result.since)
                return redirect(site + intent.next, [cookie])
            case "snapshot":
                return told(notices.SNAPSHOT, again)
            case "over":
                return told(notices.OVER, again)
            case _:
                return told(notices.WECHAT_DOWN, again)


def _again(site: str, intent: Intent) -> str:
    query = urlencode({"next": intent.next, "scope": intent.scope.name.lower()})
    return f"{site}/oauth/authorize?{query}"

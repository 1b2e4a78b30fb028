"""Web authorization: what users allowed, with the codes and tokens for it.

    code             five minutes, once
    access token     two hours; a refresh before its end starts the two hours again
    refresh token    thirty days from the start, even if it is used

https://developers.weixin.qq.com/doc/service/guide/h5/auth.html
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from .refusals import Refused

CODE_LIFE = 300
ACCESS_LIFE = 7200
REFRESH_LIFE = 30 * 24 * 3600

USERINFO = "snsapi_userinfo"
SCOPES = ("snsapi_base", USERINFO)


@dataclass(slots=True)
class Grant:
    """What a user allowed once. Times are epoch seconds. Tokens come when the code is used."""

    openid: str
    scope: str
    code_ends: float
    is_snapshot: bool
    is_revoked: bool = False
    access_token: str = ""
    access_ends: float = 0
    refresh_token: str = ""
    refresh_ends: float = 0


class Authorizations:
    """What all users of one account allowed."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._by_code: dict[str, Grant] = {}
        self._by_access_token: dict[str, Grant] = {}
        self._by_refresh_token: dict[str, Grant] = {}

    # --- What users do ------------------------------------------------------------------------

    def allow(self, openid: str, scope: str) -> str:
        """Lets the account have what the scope names, and returns the code for it."""
        return self._code(openid, scope, is_snapshot=False)

    def allow_as_snapshot(self, scope: str) -> str:
        """The same for an anonymous visitor, with a random openid for this visit only."""
        return self._code(f"oSnapshot_{secrets.token_hex(9)}", scope, is_snapshot=True)

    def revoke(self, openid: str) -> None:
        """Withdraws everything that the user allowed."""
        for grant in self._by_code.values():
            if grant.openid == openid:
                grant.is_revoked = True

    def end_refresh_tokens(self) -> None:
        """Ends all refresh tokens, as if thirty days had passed."""
        for grant in self._by_refresh_token.values():
            grant.refresh_ends = self._clock()

    # --- What the account does ----------------------------------------------------------------

    def exchange(self, code: str) -> Grant:
        """The grant of a code, which gets its tokens now. Raises Refused."""
        grant = self._by_code.get(code)
        if grant is None:
            raise Refused(40029)
        if grant.refresh_token:
            raise Refused(40163)
        if grant.code_ends <= self._clock():
            raise Refused(42003)
        if grant.is_revoked:
            raise Refused(40029)
        grant.refresh_token = secrets.token_urlsafe(48)
        grant.refresh_ends = self._clock() + REFRESH_LIFE
        self._by_refresh_token[grant.refresh_token] = grant
        self._prolong(grant)
        return grant

    def refresh(self, refresh_token: str) -> Grant:
        """The grant, with a new access token. Raises Refused."""
        grant = self._by_refresh_token.get(refresh_token)
        if grant is None:
            raise Refused(40030)
        if grant.is_revoked:
            raise Refused(42007)
        if grant.refresh_ends <= self._clock():
            raise Refused(42002)
        self._prolong(grant)
        return grant

    def check(self, access_token: str, openid: str) -> Grant:
        """The grant of an access token, which is good for one openid. Raises Refused."""
        grant = self._by_access_token.get(access_token)
        if grant is None:
            raise Refused(40001)
        if grant.is_revoked:
            raise Refused(42007)
        if grant.access_token != access_token or grant.access_ends <= self._clock():
            raise Refused(42001)
        if grant.openid != openid:
            raise Refused(40003)
        return grant

    def _code(self, openid: str, scope: str, *, is_snapshot: bool) -> str:
        code = secrets.token_hex(16)
        ends = self._clock() + CODE_LIFE
        self._by_code[code] = Grant(openid, scope, ends, is_snapshot)
        return code

    def _prolong(self, grant: Grant) -> None:
        now = self._clock()
        if grant.access_ends <= now:
            grant.access_token = secrets.token_urlsafe(48)
            self._by_access_token[grant.access_token] = grant
        grant.access_ends = now + ACCESS_LIFE

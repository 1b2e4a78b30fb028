"""Asks WeChat for a profile again, with the tokens that the user's consent gave.

live access token ──> userinfo ──> the profile
      │ ended
      v
refresh token ──> a new pair, sealed ──> userinfo
      │ ended: they must authorize again, and `/me` sends them there
"""

import time
from collections.abc import Callable

from .. import log
from ..api.oauth_api import OAuthCalls
from ..conditions import Item
from ..wechat.authorization import Grant, Scope, SnsUserInfo
from ..wechat.errors import AuthorizeAgain, TokenRejected
from .profiles import Profiles
from .sealing import Sealer, Unsealable

MARGIN = 60
"""An access token is no longer used in the last seconds of its life."""


class Renewal:
    """Seals the tokens of a grant, uses them, and renews them."""

    def __init__(
        self,
        profiles: Profiles,
        oauth_api: OAuthCalls,
        sealer: Sealer,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._profiles = profiles
        self._oauth_api = oauth_api
        self._sealer = sealer
        self._clock = clock

    def sealed(self, grant: Grant, asked: float) -> Item:
        """The grant as a profile stores it, tokens sealed. Raises Unavailable."""
        scope = Scope.USERINFO if grant.shares_profile else Scope.BASE
        return {
            "scope": scope.value,
            "refresh_token": self._sealer.seal(grant.refresh_token, grant.openid, "refresh_token"),
            "refresh_token_at": asked,
            "access_token": self._sealer.seal(grant.access_token, grant.openid, "access_token"),
            "access_token_ends": asked + grant.expires_in,
            **({"unionid": grant.unionid} if grant.unionid else {}),
        }

    def renew(self, openid: str) -> None:
        """Brings the profile up to date, or marks that the user must authorize again.

        Does nothing for a user who never showed a profile. Raises ApiError, or Unavailable.
        """
        asked = self._clock()
        granted = self._profiles.granted(openid)
        if granted.get("scope") != Scope.USERINFO.value:
            return
        try:
            self._renew(openid, granted, asked)
        except (AuthorizeAgain, Unsealable):
            log.write("a user must authorize again", {"MustAuthorizeAgain": 1})
            self._profiles.must_authorize_again(openid, asked)

    def _renew(self, openid: str, granted: Item, asked: float) -> None:
        before = granted["granted"]
        shown = self._shown(openid, granted, asked)
        if shown is None:
            refresh_token = self._sealer.open(granted["refresh_token"], openid, "refresh_token")
            grant = self._oauth_api.refresh(refresh_token)
            granted = self.sealed(grant, asked)
            self._profiles.renewed(openid, before, granted, None, asked)
            before = asked
            shown = self._oauth_api.userinfo(grant.access_token, openid)
        elif not self._sealer.is_current(granted["refresh_token"]):
            granted = self._resealed(openid, granted)
        self._profiles.renewed(openid, before, granted, shown, asked)

    def _shown(self, openid: str, granted: Item, asked: float) -> SnsUserInfo | None:
        """The profile by the stored access token; None when that has ended."""
        if granted["access_token_ends"] - MARGIN < asked:
            return None
        access_token = self._sealer.open(granted["access_token"], openid, "access_token")
        try:
            return self._oauth_api.userinfo(access_token, openid)
        except TokenRejected:
            return None  # WeChat ends tokens early, too

    def _resealed(self, openid: str, granted: Item) -> Item:
        tokens = {
            name: self._sealer.seal(self._sealer.open(granted[name], openid, name), openid, name)
            for name in ("refresh_token", "access_token")
        }
        return {**granted, **tokens}

"""Access tokens: every caller gets the same token until five minutes before it expires.

Then callers get a new one, and the old one stays valid until it expires.
https://developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken.html
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from .refusals import Refused

LIFE = 7200
OVERLAP = 300


@dataclass(slots=True)
class _Token:
    """A token that was fetched with an app secret. `ends` is in epoch seconds."""

    value: str
    app_secret: str
    ends: float
    used: bool = False


class Tokens:
    """The tokens of one account."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._tokens: dict[str, _Token] = {}
        self._current: _Token | None = None

    def issue(self, app_secret: str, *, force_refresh: bool) -> tuple[str, int]:
        """The token for a caller with that secret, and the seconds until it expires."""
        current, now = self._current, self._clock()
        if current and force_refresh:
            current.ends = now
        if not current or current.app_secret != app_secret or current.ends - now <= OVERLAP:
            current = _Token(secrets.token_hex(64), app_secret, now + LIFE)
            self._tokens[current.value] = self._current = current
        return current.value, int(current.ends - now)

    def check(self, value: str | None, app_secret: str, *, only_once: bool) -> None:
        """Raises Refused unless the token is valid. `only_once` ends it with its second use."""
        if not value:
            raise Refused(41001)
        token = self._tokens.get(value)
        if token is None or token.app_secret != app_secret:
            raise Refused(40001)
        if only_once and token.used:
            token.ends = self._clock()
        if token.ends <= self._clock():
            raise Refused(42001)
        token.used = True

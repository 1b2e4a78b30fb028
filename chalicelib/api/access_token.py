"""The access token that every call carries: fetched once, kept until shortly before its end.

    call ──> token ──> request ──> answer
             │   ^        │
       ended │   └────────┘ rejected: fetched again, once
             v
       stable_token, with the app secret
             │   ^
             └───┘ refused: the secret is read from SSM again, once

WeChat hands the same token to every caller of stable_token until five minutes before the
token's end, so that many processes need neither a lock nor a cache that they share.
https://developers.weixin.qq.com/doc/offiaccount/Basic_Information/getStableAccessToken.html
"""

from collections.abc import Callable
from threading import Lock
from typing import TypeVar

from .. import log
from ..credentials.app_secrets import App, AppSecrets
from ..ports import Transport
from ..wechat import plain_json
from ..wechat.errors import SecretRefused, TokenRejected, TryLater, Uncertain, api_error

T = TypeVar("T")

MARGIN = 300
"""Seconds before its end from which a token is no longer used."""


class Expiring:
    """A value that expires; one thread fetches the next one while the others wait."""

    def __init__(self, fetch: Callable[[], tuple[str, int]], clock: Callable[[], float]) -> None:
        self._fetch = fetch
        self._clock = clock
        self._value = ""
        self._ends = float("-inf")
        self._lock = Lock()

    def get(self) -> str:
        """The value in memory, or a new one. Raises what `fetch` raises."""
        with self._lock:
            now = self._clock()
            if now >= self._ends:
                self._value, seconds = self._fetch()
                self._ends = now + max(seconds - MARGIN, seconds / 2)
            return self._value

    def drop(self, value: str) -> None:
        """Drops the value if it is still this one, because another thread may have replaced it."""
        with self._lock:
            if self._value == value:
                self._ends = float("-inf")


class AccessToken:
    """The account's access token, for calls from many threads."""

    def __init__(
        self, transport: Transport, app_secrets: AppSecrets, clock: Callable[[], float]
    ) -> None:
        self._transport = transport
        self._secrets = app_secrets
        self._token = Expiring(self._fetched, clock)

    @log.telling_operators()
    def authorize(self, attempt: Callable[[str], T]) -> T:
        """What `attempt` returns for the token, or for a new one if that token was rejected.

        Raises ApiError, or Unavailable when the app secret cannot be read.
        """
        token = self._token.get()
        try:
            return attempt(token)
        except TokenRejected:
            self._token.drop(token)
            return attempt(self._token.get())

    def _fetched(self) -> tuple[str, int]:
        return self._secrets.used(self._stable_token)

    def _stable_token(self, app: App) -> tuple[str, int]:
        body = {
            "grant_type": "client_credential",
            "appid": app.app_id,
            "secret": app.app_secret,
            "force_refresh": False,  # forcing ends the token of every other process
        }
        path = "/cgi-bin/stable_token"
        try:
            fields = self._transport.request("POST", path, {}, plain_json.sent(body)).read()
            return fields["access_token"], fields["expires_in"]
        except Uncertain as error:
            raise TryLater(error.errcode, str(error)) from None  # asking twice does no harm
        except TokenRejected as error:
            # No token is involved here yet, so 40001 is about the secret.
            raise SecretRefused(error.errcode, str(api_error(40125, ""))) from None

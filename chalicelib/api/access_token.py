"""Fetches the access token that every call carries, and keeps it until shortly before its end.

    call ──> token ──> request ──> answer
             │   ^        │
       ended │   └────────┘ rejected: fetched again, once
             v
       stable_token, with the app secret
             │   ^
             └───┘ refused: the secret is read from SSM again, once

WeChat gives every caller of stable_token the same token until five minutes before its end. So many
processes need neither a common lock nor a common cache.
https://developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken.html
"""

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

from .. import log
from ..credentials.app_secrets import App, AppSecrets
from ..ports import Transport
from ..wechat import plain_json
from ..wechat.errors import Call, SecretRefused, TokenRejected, TryLater, Uncertain, api_error

T = TypeVar("T")

MARGIN = 300
"""A token is no longer used in the last seconds of its life."""


class Expiring(Generic[T]):
    """A value that expires; one thread fetches a new one while the others wait."""

    def __init__(self, fetch: Callable[[], tuple[T, float]], clock: Callable[[], float]) -> None:
        self._fetch = fetch
        self._clock = clock
        self._held: tuple[T, float] | None = None
        self._lock = Lock()

    def get(self) -> T:
        """The value in memory, or a new one. Raises whatever `fetch` raises."""
        with self._lock:
            now = self._clock()
            if self._held is None or now >= self._held[1]:
                value, seconds = self._fetch()
                self._held = value, now + max(seconds - MARGIN, seconds / 2)
            return self._held[0]

    def drop(self, value: T) -> None:
        """Forgets `value`, unless another thread has already replaced it."""
        with self._lock:
            if self._held and self._held[0] == value:
                self._held = None


class AccessToken:
    """The account's access token; safe to use from many threads."""

    def __init__(
        self, transport: Transport, app_secrets: AppSecrets, clock: Callable[[], float]
    ) -> None:
        self._transport = transport
        self._secrets = app_secrets
        self._token = Expiring(self._fetched, clock)

    @log.telling_operators()
    def authorize(self, attempt: Callable[[str], T]) -> T:
        """Calls `attempt` with the token, and once more with a new one if WeChat rejects it.

        Raises ApiError, or Unavailable when the app secret cannot be read.
        """
        token = self._token.get()
        try:
            return attempt(token)
        except TokenRejected:
            self._token.drop(token)
            return attempt(self._token.get())

    def check_secret(self) -> None:
        """Asks for a token with the secret that SSM has now; the one in use stays as it is.

        Raises ApiError, or Unavailable when the app secret cannot be read.
        """
        self._secrets.read_now()
        self._fetched()

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
            answer = self._transport.request("POST", path, {}, plain_json.sent(body))
            fields = answer.read(Call.TOKEN)
            return fields["access_token"], fields["expires_in"]
        except Uncertain as error:
            raise TryLater(error.errcode, str(error)) from None  # asking again does no harm
        except TokenRejected as error:
            # There is no token yet in this call, so 40001 means the secret.
            raise SecretRefused(error.errcode, str(api_error(40125, ""))) from None

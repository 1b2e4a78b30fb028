"""The calls that carry the account's access token, made from this process."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from ..credentials.app_secrets import AppSecrets
from ..ports import Transport, Upload
from ..wechat.api_responses import ApiResponse, JsSdkTicket
from ..wechat.errors import Call
from .access_token import AccessToken, Expiring


@dataclass(frozen=True, slots=True)
class AccountCall:
    """A call with the account's access token; `purpose` says what its errcodes mean."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Upload | None = field(default=None, repr=False)
    purpose: Call = Call.OTHER


class AccountCalls(Protocol):
    """Makes these calls. All raise ApiError, or Unavailable."""

    def make(self, call: AccountCall) -> ApiResponse:
        """Makes the call, and once more with a new token if WeChat rejects the first."""

    def media(self, media_id: str) -> bytes:
        """The file behind a media_id."""

    def check_secret(self) -> None:
        """Fetches an access token with the app secret that SSM has now, even if there is one."""

    def js_sdk_ticket(self) -> JsSdkTicket:
        """What signs pages for WeChat's JS-SDK; it is good for some minutes more."""


class DirectCalls:
    """These calls, made with the app secret; safe to use from many threads."""

    def __init__(
        self,
        transport: Transport,
        app_secrets: AppSecrets,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._transport = transport
        self._secrets = app_secrets
        self._token = AccessToken(transport, app_secrets, clock)
        self._ticket = Expiring(self._fetched_ticket, clock)

    def make(self, call: AccountCall) -> ApiResponse:
        def attempt(token: str) -> ApiResponse:
            with_token = {"access_token": token, **call.query}
            response = self._transport.request(call.method, call.path, with_token, call.body)
            if response.is_json:
                response.read(call.purpose)  # raises what it says is wrong
            return response

        return self._token.authorize(attempt)

    def media(self, media_id: str) -> bytes:
        response = self.make(AccountCall("GET", "/cgi-bin/media/get", {"media_id": media_id}))
        if response.is_json:  # the address of a video
            response = self._transport.request("GET", response.read()["video_url"], {})
        return response.file()

    def check_secret(self) -> None:
        self._token.check_secret()

    def js_sdk_ticket(self) -> JsSdkTicket:
        return self._ticket.get()

    def _fetched_ticket(self) -> tuple[JsSdkTicket, float]:
        asked = AccountCall("GET", "/cgi-bin/ticket/getticket", {"type": "jsapi"})
        answer = self.make(asked).read()
        return JsSdkTicket(self._secrets.app().app_id, answer["ticket"]), answer["expires_in"]

"""Calls to WeChat from functions that are not at the fixed exit, made by wechat_caller."""

import time
from base64 import b64decode
from collections.abc import Callable, Mapping

from ..ports import Function, Upload
from ..wechat.api_responses import ApiResponse, JsSdkTicket
from ..wechat.authorization import Grant, SnsUserInfo
from ..wechat.errors import Call
from .access_token import MARGIN, Expiring
from .caller_protocol import ask, packed_body


class RemoteOAuthApi:
    """The calls of web authorization; see `OAuthCalls`."""

    def __init__(self, caller: Function) -> None:
        self._caller = caller

    def app_id(self) -> str:
        return str(ask(self._caller, "app_id"))

    def exchange(self, code: str) -> Grant:
        return Grant.read(ask(self._caller, "exchange", code=code))

    def refresh(self, refresh_token: str) -> Grant:
        return Grant.read(ask(self._caller, "refresh", refresh_token=refresh_token))

    def userinfo(self, access_token: str, openid: str) -> SnsUserInfo:
        asked = {"access_token": access_token, "openid": openid}
        return SnsUserInfo.read(ask(self._caller, "userinfo", **asked))


class RemoteCalls:
    """Calls with the account's access token; see `AccountCalls`."""

    def __init__(self, caller: Function, clock: Callable[[], float] = time.time) -> None:
        self._caller = caller
        self._ticket = Expiring(self._fetched_ticket, clock)

    def request(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        body: bytes | Upload | None = None,
        call: Call = Call.OTHER,
    ) -> ApiResponse:
        asked = {"method": method, "path": path, "query": {**query}, "body": packed_body(body)}
        answer = ask(self._caller, "request", **asked, **{"for": call.name})
        return ApiResponse(answer["status"], answer["content_type"], b64decode(answer["body"]))

    def media(self, media_id: str) -> bytes:
        return b64decode(ask(self._caller, "media", media_id=media_id))

    def js_sdk_ticket(self) -> JsSdkTicket:
        return self._ticket.get()

    def _fetched_ticket(self) -> tuple[JsSdkTicket, float]:
        """The caller keeps a ticket until that long before its end, so it is good for as long."""
        return JsSdkTicket(**ask(self._caller, "js_sdk_ticket")), MARGIN

"""Calls to WeChat from functions that are not at the fixed exit, made by wechat_caller."""

import time
from base64 import b64decode
from collections.abc import Callable

from ..ports import Function
from ..wechat.api_responses import ApiResponse, JsSdkTicket
from ..wechat.authorization import Grant, SnsUserInfo
from .access_token import MARGIN, Expiring
from .account_calls import AccountCall
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

    def make(self, call: AccountCall) -> ApiResponse:
        asked = {
            "method": call.method,
            "path": call.path,
            "query": {**call.query},
            "body": packed_body(call.body),
            "for": call.purpose.name,
        }
        answer = ask(self._caller, "request", **asked)
        return ApiResponse(answer["status"], answer["content_type"], b64decode(answer["body"]))

    def media(self, media_id: str) -> bytes:
        return b64decode(ask(self._caller, "media", media_id=media_id))

    def check_secret(self) -> None:
        ask(self._caller, "check_secret")

    def js_sdk_ticket(self) -> JsSdkTicket:
        return self._ticket.get()

    def _fetched_ticket(self) -> tuple[JsSdkTicket, float]:
        """The caller keeps a ticket until that long before its end, so it is good for as long."""
        return JsSdkTicket(**ask(self._caller, "js_sdk_ticket")), MARGIN

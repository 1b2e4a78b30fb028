"""WeChat's API in memory, and a client of it."""

import time
from collections.abc import Callable
from itertools import count
from threading import Barrier
from typing import Any

from chalicelib.api.account_calls import DirectCalls
from chalicelib.api.caller import Caller
from chalicelib.api.client import Api
from chalicelib.api.oauth_api import OAuthApi
from chalicelib.credentials.app_secrets import AppSecrets
from chalicelib.wechat import plain_json
from chalicelib.wechat.api_responses import ApiResponse
from tests.fakes import Clock, FakeFunction, FakeParameters, FakeTransport, Request

STABLE_TOKEN = "/cgi-bin/stable_token"
SEND = "/cgi-bin/message/custom/send"


def json_answer(**fields: Any) -> ApiResponse:
    return ApiResponse(200, "application/json; encoding=utf-8", plain_json.sent(fields))


OK = json_answer(errcode=0, errmsg="ok")


class WeChat:
    """WeChat's side: an app secret, the tokens it gave out, and what it answers to calls."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock = clock or Clock(1_700_000_000)
        self.parameters = FakeParameters(self.clock)
        self.parameters.put("app-id", "wx1")
        self.parameters.put("app-secret", "first")
        self.secret = "first"
        self.refusal = 40125
        self.expires_in = 7200
        self.latency = 0.0
        self.tokens = (f"token-{number}" for number in count(1))
        self.rejected: set[str] = set()
        self.rejections = Barrier(1)
        self.answers: dict[str, ApiResponse] = {}
        self.untold: Callable[[str], ApiResponse] = lambda _path: OK
        """Answers at any other path."""
        self.allowance = float("inf")
        self._taken: list[dict[str, Any]] = []
        self.transport = FakeTransport(self._respond)
        self.secrets = AppSecrets(self.parameters, "test", self.clock)
        self.calls = DirectCalls(self.transport, self.secrets, self.clock)
        self.api = Api(self.calls, self.clock)
        oauth_api = OAuthApi(self.transport, self.secrets)
        self.caller = FakeFunction(Caller(oauth_api, self.calls, self.clock))

    def requests(self, path: str) -> list[Request]:
        return [request for request in self.transport.requests if request.path == path]

    def received(self, openid: str) -> list[dict[str, Any]]:
        """The customer service messages that a user got, in order."""
        return [message for message in self._taken if message["touser"] == openid]

    @property
    def token_calls(self) -> int:
        return len(self.requests(STABLE_TOKEN))

    @property
    def secrets_tried(self) -> list[str]:
        return [request.fields["secret"] for request in self.requests(STABLE_TOKEN)]

    def _respond(self, request: Request) -> ApiResponse:
        if request.path == STABLE_TOKEN:
            return self._stable_token(request)
        if request.query.get("access_token") in self.rejected:
            self.rejections.wait()
            return json_answer(errcode=40001, errmsg="invalid credential")
        if request.path == SEND and self.answers.get(SEND, OK) == OK:
            if self.allowance == 0:
                return json_answer(errcode=45047, errmsg="out of response count limit")
            self.allowance -= 1
            self._taken.append(request.fields)
        return self.answers.get(request.path) or self.untold(request.path)

    def _stable_token(self, request: Request) -> ApiResponse:
        time.sleep(self.latency)
        if request.fields["secret"] != self.secret:
            return json_answer(errcode=self.refusal, errmsg="invalid appsecret")
        return json_answer(access_token=next(self.tokens), expires_in=self.expires_in)

"""The real doors with a world in memory behind them, reached through API Gateway's events."""

import base64
import io
import json
import os
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from chalice.app import Chalice

from chalicelib import doors, log
from chalicelib.api.client import Api
from chalicelib.api.oauth_api import OAuthApi
from chalicelib.api.remote import RemoteCalls, RemoteOAuthApi
from chalicelib.config import LateAnswers
from chalicelib.credentials.own_secrets import OwnSecrets
from chalicelib.credentials.push_secrets import PushSecrets
from chalicelib.delivery.drain import Drain
from chalicelib.delivery.line import cancel
from chalicelib.delivery.push import Pushes
from chalicelib.delivery.record import LEASE
from chalicelib.delivery.runner import HandlerRunner
from chalicelib.delivery.starting import Starting
from chalicelib.delivery.verifier import PushVerifier
from chalicelib.delivery.worker import Worker
from chalicelib.ports import Queues
from chalicelib.router import Routes
from chalicelib.users.effects import Effects
from chalicelib.users.profiles import Profiles
from chalicelib.users.renewal import Renewal
from chalicelib.users.sealing import Sealer
from chalicelib.web.binding import Binding
from chalicelib.web.callback import Callback
from chalicelib.web.domain import DomainVerification
from chalicelib.web.login import Logins
from chalicelib.web.me import Me
from chalicelib.web.oauth import Authorization
from chalicelib.web.signing import SiteKeys
from chalicelib.web.site import Site
from chalicelib.wechat.envelopes import Mode
from simulator.account import Account
from simulator.envelopes import seal, signed_query
from simulator.pushes import Push
from tests.fake_queue import FakeQueue
from tests.fakes import (
    Clock,
    FakeCalls,
    FakeParameters,
    FakeProcess,
    FakeProfileTable,
    FakeTable,
)
from tests.wechat_api import WeChat

APP = Chalice(app_name="wechalice", configure_logs=False)
doors.mount(APP)
LANES = 2
OPEN_URL = "https://open.weixin.qq.com"
RETURN_URLS = ("https://shop.example/account",)


@dataclass(frozen=True)
class Response:
    """What API Gateway would send to WeChat."""

    status: int
    content_type: str
    body: str


class LambdaContext:
    """What Lambda tells a function about itself."""

    def get_remaining_time_in_millis(self) -> float:
        return 30_000


class Door:
    """An account's backend, with its secrets in SSM as 微信开发者平台 has them."""

    def __init__(
        self,
        account: Account,
        routes: Routes,
        late_answers: LateAnswers = LateAnswers.CUSTOMER_SERVICE,
        app: Chalice = APP,
        return_urls: Sequence[str] = RETURN_URLS,
    ) -> None:
        self.account = account
        self.app = app
        self.return_urls = return_urls
        self.clock = Clock(time.time())
        self.parameters = FakeParameters(self.clock)
        self.parameters.put("app-id", account.app_id)
        self.parameters.put("token", account.token)
        self.parameters.put("encoding-aes-key", account.encoding_aes_key)
        for name in ("cookie-key", "ticket-key", "refresh-token-key"):
            self.parameters.put(name, urlsafe_b64encode(os.urandom(32)).decode())
        self.table = FakeTable()
        self.profile_table = FakeProfileTable()
        self.profiles = Profiles(self.profile_table, self.clock)
        self.queue = FakeQueue(self.clock)
        self.long_queue = FakeQueue(self.clock, visibility=900)
        self.wechat = WeChat(self.clock)
        self.own_secrets = OwnSecrets(self.parameters, "test", self.clock)
        self.oauth_api = RemoteOAuthApi(self.wechat.caller)
        self.page_api = Api(RemoteCalls(self.wechat.caller, self.clock), self.clock)
        self.sealer = Sealer(self.parameters, self.clock)
        oauth_api = OAuthApi(self.wechat.transport, self.wechat.secrets)
        self.renewal = Renewal(self.profiles, oauth_api, self.sealer, self.clock)
        self.passive = late_answers is LateAnswers.PASSIVE
        self.routes = routes
        self.log_stream = io.StringIO()
        log.configure("test", self.log_stream)
        self.pushes = self.process()

    def site(self) -> Site:
        """What answers browsers, in a process that has just started."""
        clock = self.clock
        keys = SiteKeys(self.parameters, clock)
        logins = Logins(keys, self.profiles, clock)
        authorization = Authorization(OPEN_URL, keys, self.oauth_api, clock)
        callback = Callback(
            authorization,
            self.table,
            self.oauth_api,
            self.renewal,
            self.profiles,
            logins,
            clock,
            clock.sleep,
        )
        return Site(
            authorization,
            callback,
            Me(self.profiles, logins, authorization, clock),
            Binding(
                keys, self.table, self.profiles, logins, authorization, self.return_urls, clock
            ),
            DomainVerification(self.parameters, clock),
            logins,
        )

    def process(self) -> Pushes:
        """A process that has just started, in place of the one before."""
        secrets = PushSecrets(self.parameters, self.account.mode, self.clock)
        effects = self._effects()
        self.pushes = Pushes(
            PushVerifier(self.account.mode, secrets, self.clock, self.clock.sleep),
            self._runner(effects),
            self.table,
            Queues(self.queue, self.long_queue),
            effects,
            self.clock,
            self.clock.sleep,
            passive=self.passive,
        )
        return self.pushes

    @property
    def starting(self) -> Starting:
        """What starts tasks."""
        return Starting(self.routes, self.long_queue, LANES, self.clock, self.clock.sleep)

    def worker(self, *, long: bool = False) -> Worker:
        """A worker that has just started."""
        drain = Drain(self.wechat.api, self.table, self.clock, self.clock.sleep)
        effects = self._effects(self.renewal.renew)
        return Worker(
            self._runner(effects, self.wechat.api),
            self.table,
            effects,
            None if self.passive else drain,
            FakeProcess(self.clock),
            self.clock,
            self.clock.sleep,
            long_queue=None if long else self.long_queue,
        )

    def work(self, seconds: float = 0, *queues: FakeQueue) -> None:
        """Does the jobs that are visible now, and those that become so within `seconds`.

        They are those of all queues, or of the ones named.
        """
        queues = queues or (self.queue, self.long_queue)
        until = self.clock.now + seconds
        while True:
            message = next(filter(None, (queue.receive() for queue in queues)), None)
            if message is not None:
                long = message.queue is self.long_queue
                lease = self.clock.now + (900 if long else 60) + LEASE
                if self.worker(long=long).work(message, lease).done:
                    message.queue.delete(message)
            elif self.clock.now >= until:
                return
            else:
                self.clock.sleep(1)

    def at(self, seconds: float, happens: Callable[[], object]) -> None:
        """Lets something happen in so many seconds, while others work."""

        def call() -> None:
            happens()

        FakeCalls(self.clock, call, seconds)

    def push(self, push: Push, account: Account | None = None) -> Response:
        """Delivers `push`, signed now for the account as 微信开发者平台 has it."""
        sealed = seal(account or self.account, push, self.clock.now)
        return self.post(sealed.query, sealed.body)

    def verify(self, account: Account | None = None, echostr: str = "5837") -> Response:
        query = signed_query(account or self.account, self.clock.now)
        return self.get({**query, "echostr": echostr})

    def get(
        self, query: Mapping[str, str | list[str]], headers: Mapping[str, str] | None = None
    ) -> Response:
        return self._request("GET", query, None, headers or {})

    def post(
        self,
        query: Mapping[str, str | list[str]],
        body: str | bytes | None,
        headers: Mapping[str, str] | None = None,
        **event: Any,
    ) -> Response:
        """POSTs to /wechat; bytes go in base64, as API Gateway does with binary types."""
        given = {"content-type": "text/xml"} if headers is None else headers
        if isinstance(body, bytes):
            event = {"isBase64Encoded": True, **event}
            body = base64.b64encode(body).decode()
        return self._request("POST", query, body, given, **event)

    @property
    def log_text(self) -> str:
        return self.log_stream.getvalue()

    @property
    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log_text.splitlines()]

    def counted(self, metric: str) -> float:
        """How often the log counted `metric`."""
        return sum(float(line.get(metric, 0)) for line in self.log)

    def _runner(self, effects: Effects, api: Api | None = None) -> HandlerRunner:
        return HandlerRunner(
            self.routes,
            self.queue,
            effects.profile,
            self.own_secrets.get,
            api,
            self.clock,
            self.starting.start,
            cancel=partial(cancel, self.table, self.clock),
        )

    def _effects(self, renew: Callable[[str], None] | None = None) -> Effects:
        return Effects(self.profiles, proven=self.account.mode is not Mode.PLAINTEXT, renew=renew)

    def _request(
        self,
        method: str,
        query: Mapping[str, str | list[str]],
        body: str | None,
        headers: Mapping[str, str],
        **event: Any,
    ) -> Response:
        values = {
            name: value if isinstance(value, list) else [value] for name, value in query.items()
        }
        answer = self.app(
            {
                "resource": "/wechat",
                "path": "/wechat",
                "httpMethod": method,
                "headers": dict(headers) or None,
                "multiValueQueryStringParameters": values or None,
                "pathParameters": None,
                "stageVariables": None,
                "requestContext": {
                    "httpMethod": method,
                    "resourcePath": "/wechat",
                    "requestTimeEpoch": int(self.clock.now * 1000),
                },
                "body": body,
                "isBase64Encoded": False,
                **event,
            },
            LambdaContext(),
        )
        return Response(
            answer["statusCode"], answer["headers"].get("Content-Type", ""), answer["body"]
        )

"""Browsers that visit the site of a door, and the people that WeChat asks there."""

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from chalice.app import Chalice
from chalice.local import RouteMatcher

from chalicelib.users.profile import Profile
from chalicelib.web.http import Request as Visit
from chalicelib.wechat.api_responses import ApiResponse
from tests.door import APP, Door, LambdaContext
from tests.fakes import Request
from tests.wechat_api import json_answer

SITE = "https://example.com/api"
ADDRESS = "203.0.113.7"
FORM = "application/x-www-form-urlencoded"


@dataclass
class Person:
    """Somebody with WeChat."""

    openid: str
    nickname: str = "小明"
    scope: str = "snsapi_userinfo"
    shows: dict[str, Any] = field(default_factory=dict)
    is_snapshot: bool = False


class People:
    """WeChat's side of web authorization: who it asked, what it gave out, what was called."""

    def __init__(self, door: Door) -> None:
        self.codes: dict[str, Person] = {}
        self.refresh_tokens: dict[str, Person] = {}
        self.access_tokens: dict[str, Person] = {}
        self.secrets: list[str] = []
        self.answers: dict[str, ApiResponse] = {}
        self.calls: list[str] = []
        self._numbers = count(1)
        self._transport = door.wechat.transport
        self._account = self._transport.respond
        self._transport.respond = self._respond

    def code(self, person: Person) -> str:
        """What the callback gets after a consent."""
        return self._secret("code", self.codes, person)

    def meanwhile(self, path: str, happens: Callable[[], object]) -> None:
        """Lets something happen while WeChat answers at `path`."""
        respond = self._transport.respond

        def respond_later(request: Request) -> ApiResponse:
            answer = respond(request)
            if request.path == path:
                happens()
            return answer

        self._transport.respond = respond_later

    def end_access_tokens(self) -> None:
        self.access_tokens.clear()

    def end_refresh_tokens(self) -> None:
        self.refresh_tokens.clear()

    def _secret(self, kind: str, kept: dict[str, Person], person: Person) -> str:
        secret = f"{kind}-{next(self._numbers):028d}"
        self.secrets.append(secret)
        kept[secret] = person
        return secret

    def _respond(self, request: Request) -> ApiResponse:
        if not request.path.startswith("/sns/"):
            return self._account(request)
        self.calls.append(request.path)
        if request.path in self.answers:
            return self.answers[request.path]
        match request.path:
            case "/sns/oauth2/access_token":
                person = self.codes.pop(request.query["code"], None)
                return self._grant(person, 40029)
            case "/sns/oauth2/refresh_token":
                person = self.refresh_tokens.get(request.query["refresh_token"])
                return self._grant(person, 42002)
            case _:
                person = self.access_tokens.get(request.query["access_token"])
                return self._shown(person) if person else json_answer(errcode=40001, errmsg="no")

    def _grant(self, person: Person | None, errcode: int) -> ApiResponse:
        if person is None:
            return json_answer(errcode=errcode, errmsg="no")
        fields: dict[str, Any] = {
            "access_token": self._secret("access-token", self.access_tokens, person),
            "expires_in": 7200,
            "refresh_token": self._secret("refresh-token", self.refresh_tokens, person),
            "openid": person.openid,
            "scope": person.scope,
        }
        return json_answer(**fields, **({"is_snapshotuser": 1} if person.is_snapshot else {}))

    @staticmethod
    def _shown(person: Person) -> ApiResponse:
        shown = {
            "openid": person.openid,
            "nickname": person.nickname,
            "sex": 0,
            "province": "",
            "city": "",
            "country": "",
            "headimgurl": "http://thirdwx.qlogo.cn/face/132",
            "privilege": ["chinaunicom"],
        }
        return ApiResponse(200, "text/plain", json.dumps(shown | person.shows).encode())


@dataclass(frozen=True)
class Page:
    """What a browser got."""

    status: int
    body: str
    headers: Mapping[str, str]
    set_cookies: list[str]

    @property
    def location(self) -> str:
        return self.headers.get("Location", "")

    @property
    def form(self) -> dict[str, str]:
        """The hidden fields of its (first) form."""
        return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', self.body))


class Browser:
    """Keeps cookies, and knows the gateway's way to the door.

    It sends `host` in the header of that name, where a client can write anything.
    """

    def __init__(
        self,
        site: str = SITE,
        cookies: Mapping[str, str] | None = None,
        app: Chalice = APP,
        host: str = "evil.example",
        address: str = ADDRESS,
    ) -> None:
        self.site = site
        self.app = app
        self.host = host
        self.address = address
        self.cookies = dict(cookies or {})

    def get(self, path: str) -> Page:
        """Asks for a path of the site, or one of its whole addresses."""
        return self._asked("GET", path, None)

    def ask(self, path: str, **query: str) -> Page:
        return self.get(f"{path}?{urlencode(query)}")

    def post(self, path: str, **form: str) -> Page:
        return self._asked("POST", path, urlencode(form).encode())

    def send(self, method: str, path: str, body: bytes, content_type: str) -> Page:
        """Sends what no form of ours sends."""
        return self._asked(method, path, body, content_type)

    def post_from_elsewhere(self, path: str, **form: str) -> Page:
        """What a page of another site makes it send: none of its cookies, because they are lax."""
        kept, self.cookies = self.cookies, {}
        page = self.post(path, **form)
        taken_away = [each.partition("=")[0] for each in page.set_cookies if "Max-Age=0" in each]
        self.cookies = {name: each for name, each in kept.items() if name not in taken_away}
        return page

    def visits(self, door: Door) -> Profile | None:
        """Who a team's own route finds signed in."""
        request = Visit(self.site, ADDRESS, {}, {}, self.cookies)
        return door.site().signed_in(request)

    def sign_in(self, people: People, person: Person, path: str = "/oauth/authorize") -> Page:
        """All the way from `path` to where the callback sends them."""
        return self.get(self.consents(people, person, self.get(path)))

    def consents(self, people: People, person: Person, sent: Page) -> str:
        """The address to which WeChat sends them back after they were `sent` there."""
        asked = parse_qs(urlsplit(sent.location).query)
        query = {"code": people.code(person), "state": asked["state"][0]}
        return f"{asked['redirect_uri'][0]}?{urlencode(query)}"

    def refuses(self, sent: Page) -> str:
        asked = parse_qs(urlsplit(sent.location).query)
        return f"{asked['redirect_uri'][0]}?state={asked['state'][0]}"

    def _asked(self, method: str, path: str, body: bytes | None, content_type: str = FORM) -> Page:
        parts = urlsplit(path.removeprefix(self.site))
        event = self._event(method, parts.path, parts.query, body, content_type)
        answer = self.app(event, LambdaContext())
        set_cookies = answer.get("multiValueHeaders", {}).get("Set-Cookie", [])
        for cookie in set_cookies:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
            if "Max-Age=0" in cookie:
                del self.cookies[name]
        return Page(answer["statusCode"], answer["body"], answer["headers"], set_cookies)

    def _event(
        self, method: str, path: str, query: str, body: bytes | None, content_type: str
    ) -> dict[str, Any]:
        host = urlsplit(self.site)
        # The gateway does not mind a slash at the end, and hands it on.
        matched = RouteMatcher(list(self.app.routes)).match_route(path)
        values: dict[str, list[str]] = {}
        for name, value in parse_qsl(query, keep_blank_values=True):
            values.setdefault(name, []).append(value)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"cookie": cookies, "host": self.host}
        return {
            "resource": matched.route,
            "path": path,
            "httpMethod": method,
            "headers": headers if body is None else {**headers, "content-type": content_type},
            "multiValueQueryStringParameters": values or None,
            "pathParameters": matched.captured or None,
            "stageVariables": None,
            "requestContext": {
                "httpMethod": method,
                "resourcePath": matched.route,
                "domainName": host.netloc,
                "path": host.path + path,
                "identity": {"sourceIp": self.address},
            },
            "body": body and base64.b64encode(body).decode(),
            "isBase64Encoded": body is not None,
        }

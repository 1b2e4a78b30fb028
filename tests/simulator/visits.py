"""A visitor on WeChat's side, which asks them and tells the account who they are."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from tests.fakes import Clock
from tests.simulated import Side
from tests.simulator.commands import ACCOUNT

BACKEND = "http://127.0.0.1:1"
CALLBACK = f"{BACKEND}/oauth/callback"
BASE, USERINFO = "snsapi_base", "snsapi_userinfo"
EXCHANGE = "/sns/oauth2/access_token"
REFRESH = "/sns/oauth2/refresh_token"
NOTHING: Mapping[str, str] = {}


@dataclass
class Setting:
    """WeChat's side with a clock that tests move, its visitor's browser, and the account."""

    side: Side
    clock: Clock
    browser: httpx.Client

    def open(self, link: str) -> httpx.Response:
        return self.browser.get(link)

    def choose(self, choice: str, scope: str = USERINFO, state: str = "s1") -> httpx.URL:
        """The address that a visitor gets to after that choice on the sheet."""
        answer = self.browser.post(link(scope=scope, state=state), data={"choice": choice})
        assert answer.status_code == 302
        return httpx.URL(answer.headers["location"])

    def code(self, scope: str = USERINFO, choice: str = "allow") -> str:
        return self.choose(choice, scope).params["code"]

    def asked(self, path: str, query: Mapping[str, str]) -> dict[str, Any]:
        answer = self.browser.get(path, params=query)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/plain"
        fields: dict[str, Any] = json.loads(answer.content, strict=False)
        return fields

    def exchange(self, code: str, changes: Mapping[str, str] = NOTHING) -> dict[str, Any]:
        known = {"appid": ACCOUNT.app_id, "secret": ACCOUNT.app_secret}
        asked = {**known, "code": code, "grant_type": "authorization_code", **changes}
        return self.asked(EXCHANGE, asked)

    def refresh(self, token: str, changes: Mapping[str, str] = NOTHING) -> dict[str, Any]:
        known = {"appid": ACCOUNT.app_id, "grant_type": "refresh_token"}
        return self.asked(REFRESH, {**known, "refresh_token": token, **changes})

    def userinfo(self, tokens: Mapping[str, Any]) -> dict[str, Any]:
        return self.asked("/sns/userinfo", {**of_user(tokens), "lang": "zh_CN"})

    def auth(self, tokens: Mapping[str, Any]) -> dict[str, Any]:
        return self.asked("/sns/auth", of_user(tokens))


def of_user(tokens: Mapping[str, Any]) -> dict[str, str]:
    return {name: tokens[name] for name in ("access_token", "openid")}


def link(**changes: str) -> str:
    """A correct link to WeChat, except for `changes`."""
    asked = {
        "appid": ACCOUNT.app_id,
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "scope": USERINFO,
        "state": "s1",
        **changes,
    }
    return linked(asked)


def linked(asked: dict[str, str]) -> str:
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in asked.items())
    return f"/connect/oauth2/authorize?{query}#wechat_redirect"

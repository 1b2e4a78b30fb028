"""The sign-in of the reference backend."""

import json
import re
import secrets
import urllib.request
from urllib.parse import quote


class Site:
    """Sends visitors to WeChat and takes them back."""

    def __init__(self, api_url: str, app_id: str, broken: str) -> None:
        self._api_url = api_url
        self._app_id = app_id
        self._broken = broken
        self._states: dict[str, tuple[str, str]] = {}
        self._done: dict[str, str] = {}

    def visit(
        self, path: str, asked: dict[str, str], cookie: str, host: str
    ) -> tuple[int, dict[str, str]]:
        """Status and headers."""
        if path == "/start":
            return self._start(asked, host)
        if path == "/back":
            return self._back(asked, cookie)
        return 404, {}

    def _start(self, asked: dict[str, str], host: str) -> tuple[int, dict[str, str]]:
        goal = asked.get("next", "/")
        if self._broken != "leads anywhere" and not re.fullmatch(r"/(?![/\\])[\w/.-]*", goal):
            goal = "/"
        browser = secrets.token_hex(8)
        state = "always" * 2 if self._broken == "one state for all" else secrets.token_hex(16)
        self._states[state] = (browser, goal)
        back = quote(f"http://{host}/back", safe="")
        scope = "response_type=code&scope=snsapi_base"
        first = f"appid={self._app_id}&redirect_uri={back}&{scope}"
        query = f"{first}&state={state}"
        if self._broken == "state first":
            query = f"state={state}&{first}"
        to = f"https://open.weixin.qq.com/connect/oauth2/authorize?{query}#wechat_redirect"
        set_cookie = f"browser={browser}; HttpOnly; SameSite=Lax; Path=/"
        return 302, {"Location": to, "Set-Cookie": set_cookie}

    def _back(self, asked: dict[str, str], cookie: str) -> tuple[int, dict[str, str]]:
        state, code = asked.get("state", ""), asked.get("code")
        browser, goal = self._states.get(state, ("", "/"))
        strange = state not in self._states and self._broken != "any state"
        other = f"browser={browser}" not in cookie and self._broken != "any browser"
        if self._broken == "wants a state":
            asked["state"]
        if self._broken == "wants a code":
            code = asked["code"] if state else code
        if strange or (other and self._broken != "any state"):
            return 403, {}
        if code is None:
            return 200, {}
        if code not in self._done or self._broken == "spends a code twice":
            with urllib.request.urlopen(
                f"{self._api_url}/sns/oauth2/access_token?code={code}"
            ) as answer:
                openid = json.load(answer).get("openid")
            if openid is None:
                return 500, {}
            self._done[code] = openid
        return 302, {"Location": goal}

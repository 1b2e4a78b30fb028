"""A browser inside WeChat, as far as web authorization needs one."""

import httpx

from tests.patience import PATIENCE


class Browser:
    """Keeps cookies, of whatever kind, and follows no redirect by itself."""

    def __init__(self) -> None:
        self._cookies: dict[str, str] = {}

    def get(self, url: str) -> httpx.Response:
        return self._asked("GET", url, None)

    def post(self, url: str, **form: str) -> httpx.Response:
        return self._asked("POST", url, form)

    def consents(self, response: httpx.Response) -> httpx.Response:
        """Allows what is asked for, and goes all the way back."""
        response = self.post(response.headers["location"], choice="allow")
        while response.is_redirect:
            response = self.get(response.headers["location"])
        return response

    def _asked(self, method: str, url: str, form: dict[str, str] | None) -> httpx.Response:
        # Our cookies are for https alone, which on loopback is left out.
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        response = httpx.request(
            method, url, data=form, headers={"Cookie": cookies}, timeout=PATIENCE, trust_env=False
        )
        for cookie in response.headers.get_list("set-cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        return response

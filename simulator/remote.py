"""How a command reaches the server of WeChat's side that `make run` starts."""

import json
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import click
import httpx

from .account import Account
from .addresses import Addresses
from .certificates import trusted
from .delivery import WECHAT, Rules
from .language import Language
from .numbers import WholeNumber
from .outcome import Exchange, Failure, Outcome
from .pushes import Push

_LOOK = 0.2
_HEADERS = {"Content-Type": "application/json"}


class PhoneNotRunning(Exception):
    """No server runs at that port. The message says how to start one."""


class PhoneRefused(Exception):
    """The server refuses a request. The message says why."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class FailedTry(NamedTuple):
    """A try of a push or its job that ended with this exception; another one comes."""

    error: str


class Unanswered(Exception):
    """The user did not get all that a handler answered. `name` says what became of it."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(reason)
        self.name = name


class Remote:
    """The server of WeChat's side at a port of this machine."""

    def __init__(self, port: int) -> None:
        self._port = port

    def faults(self) -> list[dict[str, Any]]:
        """All faults, as the page gets them. Raises PhoneNotRunning."""
        faults: list[dict[str, Any]] = self._request("GET", "/faults")
        return faults

    def switch(self, name: str, *, on: bool, amount: float | None) -> list[dict[str, Any]]:
        """Turns a fault on or off and returns all. Raises PhoneNotRunning, PhoneRefused."""
        body = {"name": name, "on": on, "amount": amount}
        faults: list[dict[str, Any]] = self._request("POST", "/faults", body)
        return faults

    def arrived(self, push: Push) -> Rules:
        """Announces a push that the command delivers, and returns the rules for it.

        Without a server the rules are WeChat's own, because no fault can be on.
        """
        announced = {"openid": push.from_user_name, "fields": dict(push.fields)}
        try:
            return Rules(**self._request("POST", "/arrivals", announced))
        except (PhoneNotRunning, PhoneRefused):
            return WECHAT

    def begun(self, push: Push, url: str, account: Account, *, wait: bool) -> int | None:
        """The number of the push that the phone delivers from now on, and shows on its page.

        None if no phone runs there, it delivers for another account or to another backend, or it
        cannot tell what comes late, although the command is to `wait` for that.
        """
        wanted = {
            "openid": push.from_user_name,
            "fields": dict(push.fields),
            "url": url,
            "app_id": account.app_id,
            "mode": account.mode.value,
            "wait": wait,
        }
        try:
            return int(self._request("POST", "/deliveries", wanted)["number"])
        except (PhoneNotRunning, PhoneRefused):
            return None

    def outcome(self, number: int, language: Language) -> tuple[Outcome, str]:
        """How the delivery of the push went, and the answer in words. Raises PhoneNotRunning."""
        path = f"/deliveries/{number}?language={language.value}"
        ended = self._request("GET", path, timeout=None)
        exchanges = (
            Exchange(**{**each, "failure": Failure[each["failure"]] if each["failure"] else None})
            for each in ended["exchanges"]
        )
        return Outcome(tuple(exchanges), ended["unread"], ended["agent"]), ended["answer"]

    def late(self, number: int, language: Language, seconds: float) -> Iterator[str | FailedTry]:
        """The customer service messages for the push, and the tries of its job that failed.

        Each comes as soon as it is known, until the job has ended. Raises Unanswered, TimeoutError
        after that many seconds, PhoneNotRunning, PhoneRefused.
        """
        path, known = f"/deliveries/{number}/late?language={language.value}", set[int]()
        deadline, was_over, failed = time.monotonic() + seconds, False, 0
        while True:
            found = self._request("GET", path)
            new = [each for each in found["messages"] if each["number"] not in known]
            known |= {each["number"] for each in new}
            yield from map(FailedTry, found["failures"][failed:])
            failed = len(found["failures"])
            yield from (each["text"] for each in new)
            # Twice, because a job may send another one between the looks at queue and log.
            if was_over and found["over"]:
                break
            if time.monotonic() > deadline:
                raise TimeoutError
            was_over = found["over"]
            time.sleep(_LOOK)
        if problem := found["problem"]:
            raise Unanswered(problem["name"], problem["cause"] or problem["reason"])

    def replayed(self, conversation: str, language: Language) -> list[dict[str, Any]]:
        """How each step of a saved conversation went. Raises PhoneNotRunning, PhoneRefused."""
        path = f"/replays?language={language.value}"
        self._request("POST", "/replays", conversation)
        while True:
            steps: list[dict[str, Any]] = self._request("GET", path)
            if all(step["result"] in ("same", "different") for step in steps):
                return steps
            time.sleep(_LOOK)

    def schedules(self) -> dict[str, Any]:
        """The schedules of app.py. Raises PhoneNotRunning, PhoneRefused."""
        found: dict[str, Any] = self._request("GET", "/schedules", timeout=None)
        return found

    def run_schedule(self, name: str) -> dict[str, Any]:
        """How a run of the schedule ended. Raises PhoneNotRunning, PhoneRefused."""
        ended: dict[str, Any] = self._request("POST", "/schedules", {"name": name}, timeout=None)
        return ended

    def _request(
        self, method: str, path: str, body: object = None, timeout: float | None = 5
    ) -> Any:
        url = f"http://127.0.0.1:{self._port}{path}"
        try:
            with httpx.Client(trust_env=False, timeout=timeout, verify=trusted()) as client:
                content = body if isinstance(body, str) else json.dumps(body)
                response = client.request(method, url, content=content, headers=_HEADERS)
        except httpx.HTTPError:
            silent = (
                "端口 {port} 上没有模拟微信。请用 `make run` 启动，或用 --phone-port 指定端口。"
            )
            raise PhoneNotRunning(Language.of().says(silent, port=self._port)) from None
        if not response.is_success:
            raise PhoneRefused(response.status_code, response.text)
        return response.json() if response.content else None


phone_port = click.option(
    "--phone-port",
    type=WholeNumber("--phone-port 8080", 1, 65535),
    default=lambda: Addresses.load().phone_port,
    show_default="that of the last `make run`",
    envvar="PHONE_PORT",
    help="The port of the phone that `make run` starts.",
)

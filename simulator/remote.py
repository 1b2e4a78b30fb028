"""The command's way to WeChat's side when it runs as a server, as it does in `make run`."""

import json
import time
from typing import Any

import click
import httpx

from .addresses import Addresses
from .delivery import WECHAT, Rules
from .pushes import Push

_LOOK = 0.2
_HEADERS = {"Content-Type": "application/json"}


class PhoneNotRunning(Exception):
    """No server runs at that port; the message says how to start one."""


class PhoneRefused(Exception):
    """The server does not do what it is asked; the message says why."""


class Remote:
    """WeChat's side at a port of this machine."""

    def __init__(self, port: int) -> None:
        self._port = port

    def faults(self) -> list[dict[str, Any]]:
        """What can go wrong, as the page gets it. Raises PhoneNotRunning."""
        faults: list[dict[str, Any]] = self._request("GET", "/faults")
        return faults

    def switch(self, name: str, *, on: bool, amount: float | None) -> list[dict[str, Any]]:
        """The same, after turning one on or off. Raises PhoneNotRunning, PhoneRefused."""
        body = {"name": name, "on": on, "amount": amount}
        faults: list[dict[str, Any]] = self._request("POST", "/faults", body)
        return faults

    def arrived(self, push: Push) -> Rules:
        """Tells of a push that is delivered from here; by which rules, faults and all.

        Where no server runs there is nobody to tell, and there are no faults.
        """
        told = {"openid": push.from_user_name, "fields": dict(push.fields)}
        try:
            return Rules(**self._request("POST", "/arrivals", told))
        except (PhoneNotRunning, PhoneRefused):
            return WECHAT

    def replayed(self, conversation: str) -> list[dict[str, Any]]:
        """How each step of a saved conversation went. Raises PhoneNotRunning, PhoneRefused."""
        self._request("POST", "/replays", conversation)
        while True:
            steps: list[dict[str, Any]] = self._request("GET", "/replays")
            if all(step["result"] in ("same", "different") for step in steps):
                return steps
            time.sleep(_LOOK)

    def _request(self, method: str, path: str, body: object = None) -> Any:
        url = f"http://127.0.0.1:{self._port}{path}"
        try:
            with httpx.Client(trust_env=False) as client:
                content = body if isinstance(body, str) else json.dumps(body)
                response = client.request(method, url, content=content, headers=_HEADERS)
        except httpx.HTTPError:
            raise PhoneNotRunning(
                f"WeChat's side does not run at port {self._port}. Start it with `make run`, "
                "or give its port with --phone-port."
            ) from None
        if not response.is_success:
            raise PhoneRefused(response.text)
        return response.json() if response.content else None


phone_port = click.option(
    "--phone-port",
    type=click.IntRange(1, 65535),
    default=lambda: Addresses.load().phone_port,
    show_default="that of the last `make run`",
    envvar="PHONE_PORT",
    help="Where the phone of `make run` is.",
)

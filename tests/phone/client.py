"""The page's server, and a client that does what the page does."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from simulator.account import Account
from simulator.events import USER
from tests.backends import Backend
from tests.patience import PATIENCE, wait_until
from tests.simulated import wechat_side

ACCOUNT = Account.new()
JSON = {"Content-Type": "application/json"}


@contextmanager
def phone_for(server: Backend, account: Account = ACCOUNT) -> Iterator[httpx.Client]:
    """A client of the page's server."""
    with (
        wechat_side(account, server.url) as side,
        httpx.Client(base_url=side.address, trust_env=False, timeout=PATIENCE) as client,
    ):
        yield client


def settled(phone: httpx.Client) -> list[dict[str, Any]]:
    """The entries of the conversation, once nothing is under way any more."""
    while True:
        entries: list[dict[str, Any]] = phone.get("/conversation").json()["entries"]
        if not any(entry.get("pending") for entry in entries):
            return entries
        time.sleep(0.01)


def say(phone: httpx.Client, text: str) -> None:
    assert phone.post("/pushes", json={"action": "say", "argument": text}).status_code == 202


def told(phone: httpx.Client, name: str) -> Any:
    return phone.get("/conversation").json()[name]


def answered(phone: httpx.Client, text: str) -> dict[str, Any]:
    """Says that, and returns the details of the turn once it is over."""
    number = len(phone.get("/conversation").json()["entries"])
    phone.post("/pushes", json={"action": "say", "argument": text})
    wait_until(lambda: not phone.get("/conversation").json()["entries"][number]["pending"])
    turn: dict[str, Any] = phone.get(f"/turns/{number}").json()
    return turn


def saved(phone: httpx.Client) -> dict[str, Any]:
    conversation: dict[str, Any] = phone.get("/saved", params={"openid": USER}).json()
    return conversation

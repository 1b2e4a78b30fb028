"""WeChat's side in a thread of the test, and the backend's client of its API."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import httpx

from chalicelib.adapters.wechat_http import HttpTransport
from chalicelib.api.account_calls import DirectCalls
from chalicelib.api.client import Api
from chalicelib.credentials.app_secrets import AppSecrets
from simulator.account import Account
from simulator.console import Console
from simulator.platform.allowances import AllowanceRule
from simulator.platform.world import World
from simulator.server import listen, server
from tests.fakes import Clock, FakeParameters
from tests.patience import PATIENCE

NO_BACKEND = "http://127.0.0.1:1/wechat"
STAGE = "test"


@dataclass
class Side:
    """What a test can reach: the world inside, the address outside."""

    world: World
    address: str

    def client(self) -> httpx.Client:
        """Asks it over HTTP, and waits for an answer however slow the machine is."""
        return httpx.Client(base_url=self.address, timeout=PATIENCE)


@contextmanager
def wechat_side(
    account: Account,
    url: str = NO_BACKEND,
    clock: Callable[[], float] = time.time,
    console: Console | None = None,
    run: Path | None = None,
    port: int = 0,
    rule: AllowanceRule = AllowanceRule.SET_BACK,
) -> Iterator[Side]:
    """Runs it for `account` or the one in the `console`, with a backend at `url`.

    `run` is a folder of logs such as `make run` keeps.
    """
    world = World(console.load if console else lambda: account, clock, rule)
    program = server(world, url, console, run)
    listener = listen(port)
    thread = Thread(target=program.run, args=([listener],))
    thread.start()
    try:
        yield Side(world, f"http://127.0.0.1:{listener.getsockname()[1]}")
    finally:
        program.should_exit = True  # which takes a moment
        if port:  # where the next one may want to listen
            thread.join()


def parameters_of(account: Account) -> FakeParameters:
    """SSM with the parameters that an operator has written."""
    parameters = FakeParameters(Clock(time.time()))
    parameters.put("app-id", account.app_id)
    parameters.put("app-secret", account.app_secret)
    return parameters


def client_of(address: str, account: Account) -> Api:
    """A backend's client, in a process that has just started."""
    return client_with(address, parameters_of(account))


def client_with(address: str, parameters: FakeParameters) -> Api:
    """A backend's client that reads these parameters."""
    return Api(DirectCalls(HttpTransport(address), AppSecrets(parameters, STAGE)))

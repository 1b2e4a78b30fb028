"""What tests share: an AWS of their own, and a backend with a world in memory."""

import gc
import os
import ssl
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from botocore.httpsession import URLLib3Session
from hypothesis import HealthCheck, settings
from urllib3.connection import HTTPConnection

from chalicelib import bootstrap
from chalicelib.config import LateAnswers
from chalicelib.router import Routes
from chalicelib.wechat.envelopes import Mode
from local import environment, ministack, ports
from simulator.account import Account
from tests import kit, project
from tests import routes as test_routes
from tests.door import Door
from tests.kit import OpenAccount
from tests.machine import Machine

_LONGEST = (
    "test_run.py",
    "test_simulation.py",
    "test_package.py",
    "test_install.py",
    "test_kill.py",
)

OpenDoor: TypeAlias = Callable[..., Door]

# Without a deadline, because an example must not fail only because the machine is slow.
settings.register_profile(
    "patient", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("patient")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that take longest begin first, so that no process ends long after the others."""
    items.sort(key=lambda item: item.path.name not in _LONGEST)


def pytest_collection_finish() -> None:
    """What is there by now stays, so the garbage collector need not look at it again."""
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def certificates() -> Iterator[None]:
    """The machine's certificates, read once, because each client of HTTP would read them all."""
    with pytest.MonkeyPatch.context() as own:
        own.setattr(ssl, "create_default_context", cache(ssl.create_default_context))
        yield


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The endpoint of a throw-away AWS, which every client made from now on talks to."""
    state = tmp_path_factory.mktemp("aws")
    with (
        ministack.running(ports.free(), state) as endpoint,
        pytest.MonkeyPatch.context() as own,
    ):
        isolated = environment.isolated(os.environ, endpoint)
        for name in os.environ.keys() - isolated.keys():
            own.delenv(name)
        for name, value in isolated.items():
            own.setenv(name, value)
        yield endpoint


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The target of each request to AWS, and of each new connection, which all happen too."""
    made: list[str] = []
    send, connect = URLLib3Session.send, HTTPConnection.connect

    def counted_send(session: URLLib3Session, request: Any) -> Any:
        made.append(request.headers["X-Amz-Target"].decode().rpartition(".")[2])
        return send(session, request)

    def counted_connect(connection: HTTPConnection) -> None:
        made.append("a new connection")
        connect(connection)

    monkeypatch.setattr(URLLib3Session, "send", counted_send)
    monkeypatch.setattr(HTTPConnection, "connect", counted_connect)
    return made


@pytest.fixture
def open_door(monkeypatch: pytest.MonkeyPatch) -> OpenDoor:
    """Opens the doors of a new account in a mode, with some routes."""

    def open_(
        mode: Mode = Mode.SAFE,
        routes: Routes = test_routes.routes,
        late_answers: LateAnswers = LateAnswers.CUSTOMER_SERVICE,
    ) -> Door:
        door = Door(Account.new(mode), routes, late_answers)
        site = door.site()
        monkeypatch.setattr(bootstrap, "pushes", lambda: door.pushes)
        monkeypatch.setattr(bootstrap, "site", lambda: site)
        return door

    return open_


@pytest.fixture
def open_account(monkeypatch: pytest.MonkeyPatch) -> OpenAccount:
    """Opens accounts for the kit; see docs/testing.md."""
    return OpenAccount(monkeypatch)


@pytest.fixture
def account(open_account: OpenAccount) -> kit.Account:
    """The team's account."""
    return open_account()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A copy of the project with handlers that say hello."""
    machine = Machine(project.copy_to(tmp_path / "project"))
    machine.make_handlers_say("hello")
    return machine

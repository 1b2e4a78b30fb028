"""A real browser, Debian's chromium, and the phone in it."""

import os
import socket
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from chalicelib.api.client import Api
from local.environment import HOST
from simulator.explain_routes import explained
from simulator.phone import route_explanations
from tests.backends import Backend, backend
from tests.browser.account import ACCOUNT, answer
from tests.browser.chat import phone
from tests.patience import PATIENCE
from tests.project import PROJECT
from tests.simulated import Side, client_of, wechat_side

WHOLE = Path("/usr/bin/chromium")
SHELL = Path("/usr/bin/chromium-headless-shell")  # draws no window, which saves a third of its CPU
CHROMIUM = SHELL if SHELL.exists() else WHOLE
MILLISECONDS = PATIENCE * 1000

expect.set_options(MILLISECONDS)


@pytest.fixture(scope="package", autouse=True)
def explanations() -> Iterator[None]:
    """Which route fits a push, explained here, unless a test has a project of its own.

    A process for each push, as the phone starts it, costs as much as the rest of a test.
    """
    by_process = vars(route_explanations)["_explain"]

    def explain(push: str) -> Any:
        return explained(push.encode()) if Path.cwd() == PROJECT else by_process(push)

    with pytest.MonkeyPatch.context() as own:
        own.setattr(route_explanations, "_explain", explain)
        yield


# Not for the whole session, because its event loop runs in this thread until it ends.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A headless browser with an empty profile. CI must have one."""
    if not CHROMIUM.exists() and not os.environ.get("CI"):
        pytest.skip(f"needs {SHELL}: apt install {SHELL.name}")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
            timeout=MILLISECONDS,
        )
        yield launched
        launched.close()


@pytest.fixture(scope="package")
def window(browser: Browser) -> Iterator[Page]:
    """A page that each test leaves empty for the next, because opening one takes a second."""
    context = browser.new_context(locale="zh-CN", reduced_motion="reduce")  # frames cost CPU
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    context.set_default_timeout(MILLISECONDS)
    yield context.new_page()
    context.close()


@pytest.fixture
def released() -> Event:
    """Ends the wait of slow answers, which must be shorter than WeChat's limit."""
    return Event()


@pytest.fixture
def server(released: Event) -> Iterator[Backend]:
    """The account's backend."""
    with backend(partial(answer, released=released)) as running:
        yield running


@pytest.fixture(scope="package")
def port() -> Iterator[int]:
    """The same for each side, so that the browser has kept the page's files.

    It is held, without listening, so that nobody else gets it between two sides.
    """
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind((HOST, 0))
        yield held.getsockname()[1]


@pytest.fixture
def side(server: Backend, port: int) -> Iterator[Side]:
    with wechat_side(ACCOUNT, server.url, port=port) as running:
        yield running


@pytest.fixture
def account(side: Side) -> Api:
    """The API by which the account's backend acts later."""
    return client_of(side.address, ACCOUNT)


@pytest.fixture
def page(window: Page, side: Side) -> Iterator[Page]:
    """The page at 1280 px. Errors in the browser fail the test."""
    with phone(window, side.address) as page:
        yield page

"""A real browser, Debian's chromium, and the phone in it."""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from threading import Event

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from chalicelib.api.client import Api
from tests.backends import Backend, backend
from tests.browser.account import ACCOUNT, answer
from tests.browser.chat import phone
from tests.patience import PATIENCE
from tests.simulated import Side, client_of, wechat_side

CHROMIUM = Path("/usr/bin/chromium")
MILLISECONDS = PATIENCE * 1000

expect.set_options(MILLISECONDS)


# Not for the whole session: as long as it lives, its event loop runs in this thread.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Headless, with a profile of its own; CI may not do without it."""
    if not CHROMIUM.exists() and not os.environ.get("CI"):
        pytest.skip(f"needs {CHROMIUM}: apt install chromium")
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
    """A page that is left empty by each test for the next, since opening one takes a second."""
    context = browser.new_context(locale="zh-CN")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    context.set_default_timeout(MILLISECONDS)
    yield context.new_page()
    context.close()


@pytest.fixture
def released() -> Event:
    """Ends the wait of slow answers, which must not be as long as WeChat's patience."""
    return Event()


@pytest.fixture
def server(released: Event) -> Iterator[Backend]:
    """The account's backend."""
    with backend(partial(answer, released=released)) as running:
        yield running


@pytest.fixture
def side(server: Backend) -> Iterator[Side]:
    with wechat_side(ACCOUNT, server.url) as running:
        yield running


@pytest.fixture
def account(side: Side) -> Api:
    """What the account's backend does later, by WeChat's API."""
    return client_of(side.address, ACCOUNT)


@pytest.fixture
def page(window: Page, side: Side) -> Iterator[Page]:
    """The page at 1280 px; whatever the browser complains about fails the test."""
    with phone(window, side.address) as page:
        yield page

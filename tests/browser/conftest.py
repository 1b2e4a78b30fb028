"""A real browser, Debian's chromium."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.patience import PATIENCE

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

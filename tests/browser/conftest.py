"""A real browser, Debian's chromium."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

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

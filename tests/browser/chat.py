"""The phone in the browser, and what a user does with it."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, FrameLocator, Locator, Page, Request

from tests.browser.conftest import MILLISECONDS


@contextmanager
def phone(
    browser: Browser, address: str, width: int = 1280, *, may_complain: bool = False
) -> Iterator[Page]:
    """The page; what the browser complains about fails the test, unless it `may_complain`."""
    complaints: list[str] = []

    def request_failed(request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # which is what leaving a page looks like
            complaints.append(f"{request.url} {request.failure}")

    context = browser.new_context(viewport={"width": width, "height": 800}, locale="zh-CN")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    context.set_default_timeout(MILLISECONDS)
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", request_failed)
    page.goto(address)
    yield page
    context.close()
    assert may_complain or complaints == []


def press(page: Page | FrameLocator, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def say(page: Page, text: str) -> None:
    """Types it and sends it, also where the account's menu stands in the input's place."""
    page.locator("body").press("m")
    page.get_by_label("消息", exact=True).fill(text)
    press(page, "发送")


def open_mine(page: Page) -> FrameLocator:
    """The account's own page, to which its menu leads, inside the phone."""
    page.get_by_role("menuitem", name="我的资料").click()
    return page.frame_locator("#browser iframe")


def theirs(page: Page) -> Locator:
    """What the account has said."""
    return page.locator(".theirs .bubble")


def rows(page: Page) -> Locator:
    """What happened, newest first."""
    return page.locator("#list button")


def overflow(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    wider: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return wider

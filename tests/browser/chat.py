"""The phone in the browser, and what a user does with it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import FrameLocator, Locator, Page, Request, expect

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@contextmanager
def phone(
    window: Page, address: str, width: int = 1280, *, may_complain: bool = False
) -> Iterator[Page]:
    """The page. Errors in the browser fail the test, unless it `may_complain`."""
    with watched(window) as complaints:
        window.set_viewport_size({"width": width, "height": 800})
        window.goto(address)
        expect(window.locator("#backend")).not_to_be_empty()  # the page has connected
        yield window
    assert may_complain or complaints == []


@contextmanager
def watched(window: Page) -> Iterator[list[str]]:
    """What the browser complains about in a window that is left as empty as it was found."""
    complaints: list[str] = []

    def request_failed(request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # which is what leaving a page looks like
            complaints.append(f"{request.url} {request.failure}")

    listeners: dict[Any, Callable[[Any], None]] = {
        "console": lambda message: complaints.append(message.text),
        "pageerror": lambda error: complaints.append(str(error)),
        "requestfailed": request_failed,
    }
    for event, listener in listeners.items():
        window.on(event, listener)
    try:
        yield complaints
    finally:
        for event, listener in listeners.items():
            window.remove_listener(event, listener)
        _empty(window)


def _empty(window: Page) -> None:
    # A page without an origin can keep nothing.
    window.evaluate("origin === 'null' || (localStorage.clear(), sessionStorage.clear())")
    window.goto("about:blank")
    window.context.clear_cookies()
    window.unroute_all()
    window.emulate_media(color_scheme="null")


def press(page: Page | FrameLocator, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def say(page: Page, text: str) -> None:
    """Fills in the text and sends it by Enter, which costs the browser half of a click."""
    message = page.get_by_label("消息", exact=True)
    message.fill(text)
    message.press("Enter")


def save_conversation(page: Page, path: Path) -> None:
    press(page, "保存会话")
    with page.expect_download() as downloaded:
        press(page, "保存")
    downloaded.value.save_as(path)


def replay(page: Page, path: Path) -> None:
    """Replays a saved conversation, after what the page tells before."""
    with page.expect_file_chooser() as chosen:
        press(page, "重放会话")
    chosen.value.set_files(path)
    expect(page.get_by_role("dialog")).to_contain_text("新用户")
    press(page, "重放")


def open_mine(page: Page) -> FrameLocator:
    """The account's own page, opened from the menu inside the phone."""
    page.get_by_role("menuitem", name="我的资料").click()
    return page.frame_locator("#browser iframe")


def theirs(page: Page) -> Locator:
    """The messages of the account."""
    return page.locator(".theirs .bubble")


def wire(page: Page) -> Locator:
    """The wire beside the chat."""
    return page.get_by_role("region", name="报文")


def rows(page: Page) -> Locator:
    """The rows of the wire, newest first."""
    return page.locator("#list button")


def overflow(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    wider: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return wider

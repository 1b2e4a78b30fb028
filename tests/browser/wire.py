"""The wire on the page of `make run`."""

from typing import Any

from playwright.sync_api import Locator, Page


def hold(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()


def rows(page: Page) -> Locator:
    """The rows of the wire, newest first."""
    return page.locator("#list > li")


def row(page: Page, words: str) -> Locator:
    """The newest row with these words."""
    return rows(page).filter(has_text=words).first


def steps(page: Page) -> Locator:
    """The steps of the shown entry."""
    return page.locator(".timeline > li")


def told(page: Page, path: str) -> dict[str, Any]:
    """JSON that the server sends the page."""
    answer: dict[str, Any] = page.request.get(f"{origin(page)}{path}").json()
    return answer


def origin(page: Page) -> str:
    return page.url.rpartition("/")[0]

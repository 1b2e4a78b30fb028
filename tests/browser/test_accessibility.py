"""Everybody can read the page: axe-core finds no violation of WCAG A and AA."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from chalicelib.api.client import Api
from simulator.events import USER
from tests.browser.account import LATE, UNTRUSTED
from tests.browser.chat import SCHEMES, press, say, theirs, wire

RULES = {
    "runOnly": [f"wcag{version}" for version in ("2a", "2aa", "21a", "21aa", "22aa")],
    "resultTypes": ["violations"],
}
VIEWS = ("wire", "faults", "tables")  # each beside the chat


def violations(page: Page) -> list[str]:
    if not page.evaluate("'axe' in window"):  # once a page, because its script is long
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate("rules => axe.run(rules).then(({ violations }) => violations)", RULES)
    return [f"{each['id']}: {node['html']}" for each in found for node in each["nodes"]]


def test_each_view_can_be_read_by_everybody(page: Page, account: Api) -> None:
    for text in (UNTRUSTED, "json"):  # which fails
        say(page, text)
    expect(page.locator("#wrong")).to_be_visible()
    account.send(USER, LATE)
    expect(theirs(page)).to_have_count(2)
    for details in wire(page).locator("summary.step").all():
        details.click()
    for language in ("Switch to English", "切换到中文"):
        for view in VIEWS:
            page.locator(f"#to-{view}").click()
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)
                assert violations(page) == [], (view, scheme)
        press(page, language)

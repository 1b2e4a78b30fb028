"""Everybody can read the page: axe-core finds no violation of WCAG A and AA."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from chalicelib.api.client import Api
from simulator.events import USER
from tests.browser.account import LATE, UNTRUSTED
from tests.browser.chat import SCHEMES, press, say, theirs, wire

ALL = [f"wcag{version}" for version in ("2a", "2aa", "21a", "21aa", "22aa")]
OF_COLORS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
RULES = {"light": ALL, "dark": OF_COLORS}
"""Of each scheme. The styles know it in light-dark() alone, so that only colors change."""
VIEWS = ("wire", "faults", "tables")  # each beside the chat


def violations(page: Page, rules: object) -> list[str]:
    if not page.evaluate("'axe' in window"):  # once a page, because its script is long
        page.evaluate(AXE_SCRIPT)
    options = {"runOnly": rules, "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(options).then(found => found.violations)", options)
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
                assert violations(page, RULES[scheme]) == [], (view, scheme)
        press(page, language)

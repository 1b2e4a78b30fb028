"""A visitor sees WeChat's sheet on their phone, chooses, and comes back to the site."""

from collections.abc import Iterator
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Page, expect

from simulator.account import Account
from simulator.events import USER
from simulator.platform.profiles import Profile
from tests.backends import Answer, Backend, backend
from tests.browser.chat import watched
from tests.simulated import Side, wechat_side

ACCOUNT = Account.new()
UNTRUSTED = "<img src=x onerror=\"document.title='broken'\">\u202e\x14😀" + "长" * 300


@pytest.fixture
def site() -> Iterator[Backend]:
    with backend(Answer("welcome back")) as running:
        yield running


@pytest.fixture
def side(site: Backend) -> Iterator[Side]:
    with wechat_side(ACCOUNT, site.url) as running:
        yield running


@pytest.fixture(params=["light", "dark"])
def page(window: Page, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A phone. Errors in the browser fail the test."""
    with watched(window) as complaints:
        window.set_viewport_size({"width": 390, "height": 760})
        window.emulate_media(color_scheme=request.param)
        yield window
    assert complaints == []


def open_sheet(page: Page, side: Side, site: Backend) -> None:
    asked = {
        "appid": ACCOUNT.app_id,
        "redirect_uri": site.url.replace("/wechat", "/oauth/callback"),
        "response_type": "code",
        "scope": "snsapi_userinfo",
        "state": "s1",
    }
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in asked.items())
    page.goto(f"{side.address}/connect/oauth2/authorize?{query}#wechat_redirect")


@pytest.mark.parametrize(
    ("button", "told"),
    [("允许", ["code", "state"]), ("以快照身份", ["code", "state"]), ("拒绝", ["state"])],
)
def test_each_button_leads_back_to_the_site(
    page: Page, side: Side, site: Backend, button: str, told: list[str]
) -> None:
    open_sheet(page, side, site)
    page.get_by_role("button", name=button).click()
    expect(page.get_by_text("welcome back")).to_be_visible()
    assert urlsplit(page.url).path == "/oauth/callback"
    assert list(site.requests[0].query) == told


def test_a_long_nickname_with_markup_leaves_the_sheet_whole(
    page: Page, side: Side, site: Backend
) -> None:
    side.world.profiles[USER] = Profile(UNTRUSTED)
    open_sheet(page, side, site)
    expect(page).to_have_title("微信登录")
    for name in ("拒绝", "允许", "以快照身份"):
        expect(page.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth") == 390

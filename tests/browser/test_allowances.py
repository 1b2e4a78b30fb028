"""The phone says how many customer service messages the user may still get, and until when."""

import re

from playwright.sync_api import Page, expect

from chalicelib.api.client import Api
from chalicelib.wechat.customer_service import parts
from chalicelib.wechat.replies import Text
from simulator import faults, pushes
from simulator.events import USER
from tests.browser.chat import press, say
from tests.simulated import Side

WROTE = "前还能发 5 条客服消息（用户发了消息）"


def test_it_counts_down_with_each_message(page: Page, account: Api) -> None:
    shown = page.locator("#allowances")
    expect(shown).to_have_text("现在不能发客服消息")
    say(page, "hi")
    expect(shown).to_have_text(re.compile(rf"^\d+月\d+日 \d\d:\d\d {WROTE}$"))
    for payload in parts(Text("late")):
        account.send(USER, payload)
    expect(shown).to_contain_text("前还能发 4 条客服消息")


def test_a_tap_shows_its_own_minute_beside_the_conversation(page: Page, side: Side) -> None:
    say(page, "hi")
    side.world.arrived(pushes.click("K"))
    shown = page.locator("#allowances")
    tapped = r"\d\d:\d\d:\d\d 前还能发 3 条客服消息（用户点了菜单）"
    expect(shown.locator("p")).to_have_text([re.compile(f"^{tapped}$"), re.compile(WROTE)])
    press(page, "Switch to English")
    left = r"Customer service messages left: 3, until \d\d:\d\d:\d\d \(they tapped a menu\)"
    expect(shown.locator("p").first).to_have_text(re.compile(f"^{left}$"))


def test_it_is_each_users_own(page: Page) -> None:
    say(page, "hi")
    expect(page.locator("#allowances")).to_contain_text(WROTE)
    page.get_by_role("tab", name="Alice").click()
    expect(page.locator("#allowances")).to_have_text("现在不能发客服消息")
    page.get_by_role("tab", name="王芳").click()
    expect(page.locator("#allowances")).to_be_hidden()  # who does not follow


def test_an_account_that_wechat_refuses_may_send_nothing(page: Page, side: Side) -> None:
    say(page, "hi")
    for fault in (faults.API_UNAUTHORIZED, faults.WINDOW_CLOSED):
        side.world.faults.turn_on(fault)
        expect(page.locator("#allowances")).to_have_text("现在不能发客服消息")
        side.world.faults.turn_off(fault)
        expect(page.locator("#allowances")).to_contain_text(WROTE)

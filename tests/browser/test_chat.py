"""A user types into the phone in the browser and sees what they would see in WeChat."""

from threading import Event

from playwright.sync_api import Page, expect

from chalicelib.api.client import Api
from simulator.events import USER
from simulator.wording import FAULT
from tests.browser.account import LATE, UNTRUSTED
from tests.browser.chat import press, say, theirs, wire


def test_a_text_is_answered_and_its_steps_are_shown_beside_the_chat(page: Page) -> None:
    page.get_by_label("消息", exact=True).fill("你好")
    press(page, "发送")
    expect(page.locator(".mine .bubble")).to_have_text("你好")
    expect(theirs(page)).to_have_text("你好")
    wire(page).get_by_text("第 1 次推送").click()
    expect(wire(page)).to_contain_text("<Content><![CDATA[你好]]></Content>")
    expect(wire(page)).to_contain_text("<MsgSignature>")
    expect(page.get_by_label("消息", exact=True)).to_have_value("")


def test_a_slow_answer_arrives_after_its_ack_and_typing_is_shown_meanwhile(
    page: Page, account: Api
) -> None:
    say(page, "请稍候")
    expect(theirs(page)).to_have_text("请稍候")
    account.typing(USER)
    expect(page.get_by_role("heading", name="对方正在输入")).to_be_visible()
    account.send(USER, LATE)
    expect(theirs(page)).to_have_text(["请稍候", "慢工出细活"])
    expect(page.get_by_role("heading", name="对方正在输入")).to_be_hidden()


def test_what_ai_has_made_says_so_under_its_bubble(page: Page, account: Api) -> None:
    say(page, "你好")
    expect(theirs(page)).to_have_text("你好")
    account.send(USER, {**LATE, "aimsgcontext": {"is_ai_msg": 1}})
    expect(theirs(page)).to_have_text(["你好", "慢工出细活"])
    expect(page.locator(".theirs small")).to_have_text("内容由第三方AI生成")


def test_the_fault_text_comes_after_three_deliveries(page: Page) -> None:
    say(page, "broken")
    expect(page.locator(".note.fault")).to_have_text(FAULT)
    page.get_by_role("button", name="推送 3 次").click()
    for number in (1, 2, 3):
        expect(wire(page)).to_contain_text(f"第 {number} 次推送状态码 500")


def test_a_bad_reply_shows_the_fault_text_and_the_reason(page: Page) -> None:
    say(page, "json")
    expect(page.locator(".note.fault")).to_have_text(FAULT)
    expect(wire(page).locator("#wrong")).to_contain_text("也不是 XML")
    expect(wire(page)).to_contain_text("Internal server error")


def test_a_text_sent_while_another_is_under_way_is_answered_too(
    page: Page, released: Event
) -> None:
    say(page, "slow")
    expect(page.get_by_label("等待公众号回复")).to_be_visible()
    say(page, "quick")
    expect(theirs(page).filter(has_text="quick")).to_be_visible()
    released.set()
    expect(page.locator(".note.silence")).to_have_text("没有回复")
    expect(page.get_by_label("等待公众号回复")).to_have_count(0)


def test_input_of_users_is_always_shown_as_text(page: Page) -> None:
    say(page, UNTRUSTED)
    expect(theirs(page)).to_have_text(UNTRUSTED)
    expect(page.locator("#chat img")).to_have_count(0)
    expect(page).to_have_title("wechalice")


def test_only_web_addresses_are_links(page: Page) -> None:
    say(page, "看 https://example.com/a，或 javascript:alert(1)")
    expect(theirs(page).get_by_role("link")).to_have_text("https://example.com/a")
    page.get_by_role("button", name="更多功能").click()
    page.get_by_role("button", name="点击菜单").click()
    page.get_by_label("菜单 KEY").fill("NEWS")
    page.get_by_role("dialog").get_by_role("button", name="发送").click()
    expect(page.locator(".article")).to_have_count(2)
    expect(page.locator(".article a")).to_have_count(1)


def test_a_reload_keeps_the_conversation(page: Page) -> None:
    say(page, "one")
    expect(theirs(page)).to_have_text("one")
    page.reload()
    expect(theirs(page)).to_have_text("one")

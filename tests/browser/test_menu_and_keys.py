"""The input and the account's menu, and the keyboard, which reaches everything."""

from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from chalicelib.api.client import Api
from chalicelib.wechat.messages import TextMessage
from chalicelib.wechat.replies import Text
from simulator.events import EVENTS, USER
from tests.backends import Answer, Backend, Request, backend, opened, replying
from tests.browser.account import ACCOUNT, LATE
from tests.browser.chat import rows, say, theirs
from tests.patience import PATIENCE

MENU: list[dict[str, Any]] = [
    {"type": "click", "name": "客服", "key": "CONTACT"},
    {
        "name": "更多",
        "sub_button": [
            {"type": "click", "name": "新品", "key": "NEWS"},
            {"type": "click", "name": "周报", "key": "REPORT"},
        ],
    },
]


@pytest.fixture
def server(released: Event) -> Iterator[Backend]:
    def answer(request: Request) -> Answer:
        push = opened(ACCOUNT, request).push
        if isinstance(push, TextMessage) and push.content == "slow":
            released.wait(PATIENCE)
        return replying(ACCOUNT, Text("收到"))(request)

    with backend(answer) as running:
        yield running


# --- The menu ---------------------------------------------------------------------------------


def test_an_account_without_a_menu_shows_the_input_alone(page: Page) -> None:
    expect(page.get_by_label("消息", exact=True)).to_be_visible()
    expect(page.get_by_role("menubar")).to_have_count(0)


def test_an_account_with_a_menu_shows_the_input_and_the_menu_at_once(
    page: Page, account: Api
) -> None:
    account.create_menu(MENU)
    expect(page.get_by_role("menuitem")).to_have_text(["客服", "更多"])
    expect(page.get_by_label("消息", exact=True)).to_be_visible()


def test_shift_and_enter_begin_a_line_and_enter_sends_them_all(page: Page, server: Backend) -> None:
    page.get_by_label("消息", exact=True).focus()
    height = "area => area.offsetHeight"
    before = page.get_by_label("消息", exact=True).evaluate(height)
    for line in ("一", "二", "三"):
        page.keyboard.type(line)
        page.keyboard.press("Shift+Enter" if line != "三" else "End")
    assert page.get_by_label("消息", exact=True).evaluate(height) > before * 2
    page.keyboard.press("Enter")
    expect(page.locator(".mine .bubble")).to_have_text("一\n二\n三")
    expect(theirs(page)).to_have_text("收到")
    assert opened(ACCOUNT, server.requests[-1]).push.fields["Content"] == "一\n二\n三"


def test_an_empty_chat_leads_to_the_input(page: Page, account: Api) -> None:
    account.create_menu(MENU)
    page.get_by_role("button", name="发一条消息试试").click()
    expect(page.get_by_label("消息", exact=True)).to_be_focused()


def test_two_letters_lead_to_the_input(page: Page, account: Api) -> None:
    account.create_menu(MENU)
    expect(page.get_by_role("menuitem", name="客服")).to_be_visible()
    said = page.locator(".mine .bubble")
    for number, key in enumerate("mi", start=1):
        page.keyboard.press(key)
        page.keyboard.type("one")
        page.keyboard.press("Enter")
        expect(said).to_have_text(["one"] * number)
        page.keyboard.press("Escape")
        expect(page.get_by_label("消息", exact=True)).not_to_be_focused()


def test_arrows_move_through_the_menu_and_escape_closes_what_is_open(
    page: Page, account: Api
) -> None:
    account.create_menu(MENU)
    page.get_by_role("menuitem", name="客服").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("menuitem", name="更多")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("menuitem", name="周报")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("menuitem", name="新品")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("menuitem", name="新品")).to_be_hidden()
    expect(page.get_by_role("menuitem", name="更多")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("menuitem", name="客服")).to_be_focused()


def test_a_click_elsewhere_closes_the_submenu(page: Page, account: Api) -> None:
    account.create_menu(MENU)
    page.get_by_role("menuitem", name="更多").click()
    expect(page.get_by_role("menuitem", name="新品")).to_be_visible()
    page.locator("#chat").click()
    expect(page.get_by_role("menuitem", name="新品")).to_be_hidden()


# --- The wire ---------------------------------------------------------------------------------


@pytest.fixture
def talked(page: Page) -> Page:
    """A page with three answered texts and no focus."""
    for number, text in enumerate(("one", "two", "three")):
        say(page, text)
        expect(theirs(page)).to_have_text(["收到"] * (number + 1))
    page.keyboard.press("Escape")
    expect(rows(page)).to_have_count(3)
    return page


def test_letters_and_arrows_move_in_the_list_enter_opens_and_escape_closes(talked: Page) -> None:
    talked.keyboard.press("j")
    expect(rows(talked).nth(1)).to_be_focused()
    talked.keyboard.press("ArrowDown")
    expect(rows(talked).nth(2)).to_be_focused()
    talked.keyboard.press("k")
    expect(rows(talked).nth(1)).to_be_focused()
    talked.keyboard.press("Enter")
    expect(talked.locator("#details")).to_be_focused()
    expect(talked.locator("#details h3")).to_have_text("two")
    talked.keyboard.press("Escape")
    expect(rows(talked).nth(1)).to_be_focused()


def test_a_new_message_does_not_move_the_focus(talked: Page, account: Api) -> None:
    talked.keyboard.press("j")
    account.send(USER, LATE)
    expect(rows(talked).first).to_contain_text("慢工出细活")
    expect(rows(talked)).to_have_count(3)
    expect(rows(talked).nth(1)).to_be_focused()
    expect(rows(talked).nth(1)).to_contain_text("two")


def test_a_new_answer_does_not_change_the_selection(talked: Page, released: Event) -> None:
    say(talked, "slow")
    talked.keyboard.press("Escape")
    expect(rows(talked)).to_have_count(4)
    talked.keyboard.press("j")
    released.set()
    expect(theirs(talked)).to_have_text(["收到"] * 4)
    expect(rows(talked).nth(1)).to_be_focused()
    expect(rows(talked).nth(1)).to_have_attribute("aria-pressed", "true")


def test_the_keyboard_moves_through_api_calls_too(page: Page, account: Api) -> None:
    account.create_menu(MENU)
    page.locator("#filter-calls").click()
    expect(rows(page)).to_have_count(2)
    page.keyboard.press("j")
    expect(rows(page).first).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#details")).to_contain_text('"expires_in": 7200')


def test_a_narrow_window_opens_an_entry_and_leads_back(talked: Page) -> None:
    talked.set_viewport_size({"width": 390, "height": 800})
    talked.keyboard.press("j")
    expect(rows(talked).nth(1)).to_be_focused()
    talked.keyboard.press("Enter")
    expect(talked.locator("#details h3")).to_have_text("two")
    expect(rows(talked).first).to_be_hidden()
    talked.keyboard.press("Escape")
    expect(rows(talked).nth(1)).to_be_focused()


def test_a_shown_call_stays_shown_in_the_other_language(page: Page, account: Api) -> None:
    page.keyboard.press("w")
    page.locator("#filter-calls").click()
    account.create_menu(MENU)
    rows(page).filter(has_text="/cgi-bin/menu/create").click()
    called = page.locator("#details h3")
    expect(called).to_have_text("/cgi-bin/menu/create")
    page.keyboard.press("l")
    expect(page.locator("#details")).to_contain_text("Request")
    expect(called).to_have_text("/cgi-bin/menu/create")


# --- Events -----------------------------------------------------------------------------------


def open_events(page: Page) -> None:
    page.locator("body").press("+")
    page.get_by_role("group", name="更多功能").get_by_role("button", name="事件").click()
    expect(page.get_by_role("searchbox", name="搜索事件")).to_be_focused()


def test_an_event_is_found_by_its_meaning_and_sent_with_its_fields(
    page: Page, server: Backend
) -> None:
    open_events(page)
    page.keyboard.type("连上门店")
    expect(page.get_by_role("radio")).to_have_count(1)
    page.get_by_label("ShopId").fill("42")
    page.keyboard.press("Enter")
    expect(theirs(page)).to_have_text("收到")
    fields = opened(ACCOUNT, server.requests[-1]).push.fields
    assert (fields["Event"], fields["ShopId"]) == ("WifiConnected", "42")


def test_nested_fields_are_sent_in_their_place(page: Page, server: Backend) -> None:
    open_events(page)
    page.get_by_role("radio", name="ShakearoundUserShake").check()
    page.get_by_label("AroundBeacons › AroundBeacon › 1 › Major").fill("7")
    page.get_by_role("dialog").get_by_role("button", name="发送").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(theirs(page)).to_have_text("收到")
    beacons: Any = opened(ACCOUNT, server.requests[-1]).push.fields["AroundBeacons"]
    assert beacons["AroundBeacon"][1]["Major"] == "7"


def test_a_value_that_is_not_a_number_is_sent_as_typed(page: Page, server: Backend) -> None:
    open_events(page)
    page.get_by_role("radio", name="ShakearoundUserShake").check()
    for field, written in (("Major", "north"), ("Minor", ""), ("Distance", "7.5")):
        page.get_by_label(f"ChosenBeacon › {field}").fill(written)
    page.get_by_role("dialog").get_by_role("button", name="发送").click()
    expect(theirs(page)).to_have_text("收到")
    beacon: Any = opened(ACCOUNT, server.requests[-1]).push.fields["ChosenBeacon"]
    assert [beacon[field] for field in ("Major", "Minor")] == ["north", None]
    assert float(beacon["Distance"]) == 7.5


def test_what_is_no_json_object_is_told_and_stays_to_be_fixed(page: Page, server: Backend) -> None:
    open_events(page)
    page.get_by_role("radio", name="subscribe", exact=False).first.check()
    others = page.get_by_label("其他字段")
    send = page.get_by_role("dialog").get_by_role("button", name="发送")
    problem = "area => area.validationMessage"
    for written in ('{"Ticket": ', "null", '["Ticket"]', "7"):
        others.fill(written)
        assert others.evaluate(problem) == ""
        send.click()
        assert others.evaluate(problem) == "这不是合法的 JSON 对象"
        expect(others).to_have_value(written)
    others.fill('{"Ticket": "abc"}')
    send.click()
    expect(theirs(page)).to_have_text("收到")
    assert opened(ACCOUNT, server.requests[-1]).push.fields["Ticket"] == "abc"


def test_each_event_is_explained_in_both_languages(page: Page) -> None:
    groups = page.evaluate("import('/static/words/events.js').then(words => words.GROUPS)")
    explained = {name: means for group in groups for name, means in group["events"].items()}
    assert explained.keys() == EVENTS.keys()
    assert all(len(means) == 2 and all(means) for means in explained.values())
    assert all(group["zh"] and group["en"] for group in groups)

"""The phone with problems, in a narrow window, and with a web page open inside."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx
import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

from chalicelib.wechat.messages import TextMessage
from chalicelib.wechat.replies import Text
from local import ports
from tests.backends import Answer, Backend, Request, backend, opened, replying
from tests.browser.account import ACCOUNT
from tests.browser.chat import overflow, phone, rows, say, theirs
from tests.patience import PATIENCE, wait_until
from tests.simulated import Side, client_of, wechat_side

LONG_NAMES = ("一个名字很长很长的用户呢", "Bartholomew Longfell")


def answer(request: Request) -> Answer:
    """Repeats what the user says, and welcomes browsers."""
    if not request.body:
        return Answer("welcome back")
    push = opened(ACCOUNT, request).push
    said = push.content if isinstance(push, TextMessage) else "收到"
    return replying(ACCOUNT, Text(said))(request)


@pytest.fixture
def server() -> Iterator[Backend]:
    with backend(answer) as running:
        yield running


@pytest.fixture
def narrow(window: Page, side: Side) -> Iterator[Page]:
    with phone(window, side.address, width=390) as page:
        yield page


def box(element: Locator) -> FloatRect:
    found = element.bounding_box()
    assert found
    return found


# --- Problems ---------------------------------------------------------------------------------


def test_a_stopped_simulator_is_reported_until_it_is_back(window: Page, server: Backend) -> None:
    port = ports.free()
    with ExitStack() as stack:
        with wechat_side(ACCOUNT, server.url, port=port) as side:
            page = stack.enter_context(phone(window, side.address, may_complain=True))
            say(page, "one")
            expect(theirs(page)).to_have_text("one")
        expect(page.get_by_role("alert")).to_contain_text("无法连接模拟器")
        wait_until(lambda: not ports.answers(port))
        stack.enter_context(wechat_side(ACCOUNT, server.url, port=port))
        expect(page.get_by_role("alert")).to_be_hidden()
        expect(page.locator(".bubble")).to_have_count(0)  # the simulator has restarted
        say(page, "two")
        expect(theirs(page)).to_have_text("two")


def test_a_text_stays_in_the_input_while_the_simulator_is_stopped(
    window: Page, server: Backend
) -> None:
    port = ports.free()
    with ExitStack() as stack:
        with wechat_side(ACCOUNT, server.url, port=port) as side:
            page = stack.enter_context(phone(window, side.address, may_complain=True))
            message = page.get_by_label("消息", exact=True)
            expect(message).to_be_visible()
        wait_until(lambda: not ports.answers(port))
        say(page, "one")
        expect(message).to_have_value("one")
        stack.enter_context(wechat_side(ACCOUNT, server.url, port=port))
        expect(page.get_by_role("alert")).to_be_hidden()
        message.press("Enter")
        expect(theirs(page)).to_have_text("one")


def test_the_bar_with_a_complaint_covers_nothing(narrow: Page) -> None:
    narrow.evaluate(
        "import('/static/server.js').then(server => server.complain('refused', 'x'.repeat(99)))"
    )
    told = narrow.get_by_role("alert")
    expect(told).to_contain_text("模拟器拒绝了请求")
    bar, tabs = box(narrow.locator("#bar")), box(narrow.locator("#people"))
    assert box(told)["y"] >= bar["y"] + bar["height"]
    assert box(told)["y"] + box(told)["height"] <= tabs["y"]
    expect(narrow.get_by_label("消息", exact=True)).to_be_in_viewport(ratio=1)


def test_only_pictures_are_sent(page: Page, server: Backend, tmp_path: Path) -> None:
    text = tmp_path / "note.txt"
    text.write_text("not a picture")
    choose(page, text)
    expect(page.get_by_role("alert")).to_contain_text("只能发送图片文件")
    expect(page.locator(".mine")).to_have_count(0)
    assert server.requests == []


def test_a_broken_picture_is_drawn_as_missing(window: Page, side: Side, tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\nnonsense")
    with phone(window, side.address, may_complain=True) as page:
        choose(page, broken)
        expect(theirs(page)).to_have_text("收到")
        expect(page.locator(".mine").get_by_role("img", name="图片")).to_be_visible()
        expect(page.locator(".mine img")).to_have_count(0)


def choose(page: Page, file: Path) -> None:
    """Sends a picture from disk."""
    page.locator("body").press("+")
    expect(page.get_by_role("button", name="图片", exact=True)).to_be_visible()
    with page.expect_file_chooser() as chosen:
        page.get_by_role("button", name="图片", exact=True).click()
    chosen.value.set_files(file)


# --- A narrow window --------------------------------------------------------------------------


def test_the_plus_stays_beside_long_names(narrow: Page, side: Side) -> None:
    for name in LONG_NAMES:
        httpx.post(
            f"{side.address}/people", json={"name": name}, timeout=PATIENCE
        ).raise_for_status()
    expect(narrow.get_by_role("tab")).to_have_count(5)
    plus, tabs = box(narrow.get_by_role("button", name="添加用户")), box(narrow.locator("#tabs"))
    assert tabs["x"] + tabs["width"] <= plus["x"]
    assert plus["x"] + plus["width"] <= 390
    narrow.keyboard.press("5")
    expect(narrow.get_by_role("tab", name=LONG_NAMES[1])).to_be_in_viewport(ratio=1)


def test_an_api_call_is_shown_with_its_full_name(narrow: Page, side: Side) -> None:
    narrow.set_viewport_size({"width": 320, "height": 700})
    client_of(side.address, ACCOUNT).create_menu([{"type": "click", "name": "客服", "key": "K"}])
    narrow.locator("#to-wire").click()
    narrow.locator("#filter-calls").click()
    expect(rows(narrow)).to_have_count(2)
    for name in rows(narrow).locator(".what").all():
        assert name.evaluate("name => name.scrollWidth <= name.clientWidth")
    assert overflow(narrow) <= 0


def test_the_sheet_of_events_fits_and_shows_its_button(narrow: Page) -> None:
    narrow.locator("body").press("+")
    narrow.get_by_role("button", name="事件").click()
    narrow.get_by_role("radio", name="MASSSENDJOBFINISH").check()
    sheet = narrow.get_by_role("dialog")
    expect(sheet.get_by_role("button", name="发送")).to_be_in_viewport(ratio=1)
    expect(sheet.get_by_text("群发的结果").last).to_be_in_viewport(ratio=1)
    assert overflow(narrow) <= 0


# --- Pages inside the phone -------------------------------------------------------------------


def consent(side: Side, server: Backend) -> str:
    """A link that asks the visitor for a name."""
    back = quote(server.url.replace("/wechat", "/oauth/callback"), safe="")
    query = f"appid={ACCOUNT.app_id}&redirect_uri={back}&response_type=code"
    return f"{side.address}/connect/oauth2/authorize?{query}&scope=snsapi_userinfo&state=s1"


@pytest.fixture
def opened_inside(page: Page, side: Side, server: Backend) -> Page:
    """The account has sent the link, and the user has opened it."""
    say(page, consent(side, server))
    theirs(page).get_by_role("link").click()
    frame = page.frame_locator("#browser iframe")
    expect(frame.get_by_role("button", name="允许", exact=True)).to_be_visible()
    return page


def test_the_address_inside_the_phone_is_shown_without_codes_and_states(
    opened_inside: Page, side: Side, server: Backend
) -> None:
    address = opened_inside.locator("#address")
    expect(address).to_have_text(f"{urlsplit(side.address).netloc}/connect/oauth2/authorize")
    frame = opened_inside.frame_locator("#browser iframe")
    frame.get_by_role("button", name="允许", exact=True).click()
    expect(frame.get_by_text("welcome back")).to_be_visible()
    expect(address).to_have_text(f"{urlsplit(server.url).netloc}/oauth/callback")
    out = opened_inside.get_by_role("link", name="在新标签页打开")
    expect(out).to_have_attribute("href", server.url.replace("/wechat", "/oauth/callback"))


def test_escape_closes_the_page_even_when_typed_into_it(opened_inside: Page) -> None:
    inside = opened_inside.frame_locator("#browser iframe").get_by_text("申请获取")
    inside.click()
    inside.press("Escape")
    expect(opened_inside.locator("#browser")).to_be_hidden()
    opened_inside.keyboard.press("m")
    expect(opened_inside.get_by_label("消息", exact=True)).to_be_focused()

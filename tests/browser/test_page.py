"""A newcomer types into the phone in the browser and sees what WeChat's user would see."""

import json
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from threading import Event

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from chalicelib.api.client import Api
from chalicelib.wechat.messages import ClickEvent, TextMessage
from chalicelib.wechat.replies import Article, News, PassiveReply, Text
from simulator.account import Account
from simulator.events import USER
from simulator.faults import API_UNAUTHORIZED, FAULTS
from simulator.outcome import Failure
from simulator.wording import FAULT
from tests import backends, project
from tests.backends import Answer, Backend, backend, held, opened, replying
from tests.browser.chat import overflow, phone, say, theirs
from tests.browser.conftest import MILLISECONDS
from tests.simulated import Side, client_of, wechat_side

ACCOUNT = Account.new()
UNTRUSTED = "<img src=x onerror=\"document.title='broken'\"> ]]> 😀 " + "x" * 300
LATE = {"msgtype": "text", "text": {"content": "慢工出细活"}}
TILES = {
    "语音": "3″",
    "视频": "",
    "位置": "北京市东城区天安门广场",
    "链接": "公众平台官网",
    "文件": "说明.pdf",
}
VIEWS = ("聊天", "报文", "故障", "状态")


def answer(request: backends.Request, released: Event) -> Answer:
    """An account that says back what it hears; some words make it fail, or wait."""
    push = opened(ACCOUNT, request).push
    match push:
        case TextMessage(content="json"):
            return Answer('{"message": "Internal server error"}')
        case TextMessage(content="broken"):
            return Answer(status=500)
        case TextMessage(content="slow"):
            return held(released, Answer())(request)
        case TextMessage(content=content):
            reply: PassiveReply = Text(content)
        case ClickEvent(event_key="NEWS"):
            reply = News(
                Article("标题" * 20, "简介", "", "https://example.com/" + "x" * 200),
                Article("第二条", "", "", "javascript:document.title='broken'"),
            )
        case _:
            reply = Text("收到")
    return replying(ACCOUNT, reply)(request)


@pytest.fixture
def released() -> Event:
    """Ends the wait of slow answers, which must not be as long as WeChat's patience."""
    return Event()


@pytest.fixture
def server(released: Event) -> Iterator[Backend]:
    with backend(partial(answer, released=released)) as running:
        yield running


@pytest.fixture
def side(server: Backend) -> Iterator[Side]:
    with wechat_side(ACCOUNT, server.url) as running:
        yield running


@pytest.fixture
def account(side: Side) -> Api:
    """What the account's backend does later, by WeChat's API."""
    return client_of(side.address, ACCOUNT)


@pytest.fixture
def page(window: Page, side: Side) -> Iterator[Page]:
    """The page at 1280 px; whatever the browser complains about fails the test."""
    with phone(window, side.address) as page:
        yield page


def wire(page: Page) -> Locator:
    return page.get_by_role("region", name="报文")


# --- The chat ---------------------------------------------------------------------------------


def test_a_text_is_answered_and_what_is_behind_it_stands_beside_it(page: Page) -> None:
    say(page, "你好")
    expect(page.locator(".mine .bubble")).to_have_text("你好")
    expect(theirs(page)).to_have_text("你好")
    expect(wire(page)).to_contain_text("第 1 次推送")
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


def test_a_service_failure_is_read_after_three_deliveries(page: Page) -> None:
    say(page, "broken")
    expect(page.locator(".note.fault")).to_have_text(FAULT)
    page.get_by_role("button", name="推送 3 次").click()
    for number in (1, 2, 3):
        expect(wire(page)).to_contain_text(f"第 {number} 次推送状态码 500")


def test_nonsense_of_the_backend_shows_the_fault_line_and_the_reason(page: Page) -> None:
    say(page, "json")
    expect(page.get_by_text(FAULT)).to_be_visible()
    expect(wire(page)).to_contain_text("也不是 XML")
    expect(wire(page)).to_contain_text("Internal server error")


def test_what_is_said_while_another_is_under_way_is_answered_too(
    page: Page, released: Event
) -> None:
    say(page, "slow")
    expect(page.get_by_label("等待公众号回复")).to_be_visible()
    say(page, "quick")
    expect(theirs(page).filter(has_text="quick")).to_be_visible()
    released.set()
    expect(page.get_by_text("没有回复")).to_be_visible()
    expect(page.get_by_label("等待公众号回复")).to_have_count(0)


def test_what_users_type_is_text_and_nothing_else(page: Page) -> None:
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


# --- What a user can do -----------------------------------------------------------------------


def test_a_tap_on_the_accounts_menu_is_answered(page: Page, account: Api) -> None:
    account.create_menu(
        [
            {"type": "click", "name": "客服", "key": "CONTACT"},
            {"name": "更多", "sub_button": [{"type": "click", "name": "新闻", "key": "NEWS"}]},
        ]
    )
    page.get_by_role("menuitem", name="客服").click()
    expect(page.locator(".note.event")).to_have_text("点击菜单 CONTACT")
    expect(theirs(page)).to_have_text("收到")
    page.get_by_role("menuitem", name="更多").click()
    page.get_by_role("menuitem", name="新闻").click()
    expect(page.locator(".article")).to_have_count(2)


def test_what_is_being_written_stays_when_the_account_pushes_a_menu(
    page: Page, account: Api
) -> None:
    page.get_by_label("消息", exact=True).fill("half a sen")
    page.get_by_role("button", name="更多功能").click()
    account.create_menu([{"type": "click", "name": "客服", "key": "CONTACT"}])
    expect(page.get_by_role("button", name="菜单", exact=True)).to_be_visible()
    expect(page.get_by_label("消息", exact=True)).to_have_value("half a sen")


def test_a_picture_from_disk_is_shown_and_pushed(
    page: Page, server: Backend, account: Api, tmp_path: Path
) -> None:
    picture = tmp_path / "picture.png"
    page.locator("#bar").screenshot(path=picture)
    page.get_by_role("button", name="更多功能").click()
    with page.expect_file_chooser() as chosen:
        page.get_by_role("button", name="图片", exact=True).click()
    chosen.value.set_files(picture)
    expect(theirs(page)).to_have_text("收到")
    shown = page.locator(".mine img")
    expect(shown).to_be_visible()
    assert shown.evaluate("image => image.naturalWidth") == 1280
    media_id = str(opened(ACCOUNT, server.requests[-1]).push.fields["MediaId"])
    assert account.download_media(media_id) == picture.read_bytes()


def test_each_kind_of_message_can_be_sent(page: Page) -> None:
    page.get_by_role("button", name="更多功能").click()
    page.get_by_role("button", name="示例图片").click()
    expect(page.locator(".mine img")).to_be_visible()
    expect(theirs(page)).to_have_text(["收到"])
    for number, (tile, shown) in enumerate(TILES.items()):
        page.get_by_role("button", name=tile, exact=True).click()
        page.get_by_role("dialog").get_by_role("button", name="发送").click()
        expect(theirs(page)).to_have_text(["收到"] * (number + 2))
        expect(page.locator(".mine .bubble").last).to_contain_text(shown)


def test_any_event_can_be_pushed(page: Page, server: Backend) -> None:
    page.get_by_role("button", name="更多功能").click()
    page.get_by_role("group", name="更多功能").get_by_role("button", name="事件").click()
    page.get_by_role("radio", name="WifiConnected").check()
    page.get_by_role("dialog").get_by_role("button", name="发送").click()
    expect(theirs(page)).to_have_text("收到")
    assert opened(ACCOUNT, server.requests[-1]).push.fields["VendorId"] == "3001224419"


def test_another_user_follows_by_a_code_before_he_writes(page: Page) -> None:
    say(page, "one")
    expect(theirs(page)).to_have_text("one")
    page.get_by_role("tab", name="王芳").click()
    expect(page.locator(".bubble")).to_have_count(0)
    expect(page.get_by_label("消息", exact=True)).to_have_count(0)
    page.get_by_role("button", name="扫一扫").click()
    page.get_by_label("场景值").fill("42")
    page.get_by_role("dialog").get_by_role("button", name="扫码").click()
    expect(page.locator(".note.event")).to_have_text("扫描二维码“42”关注了公众号")
    say(page, "two")
    expect(theirs(page)).to_have_text(["收到", "two"])
    page.get_by_role("button", name="取消关注").click()
    expect(page.get_by_text("看不到回复")).to_be_visible()
    expect(page.get_by_label("消息", exact=True)).to_have_count(0)


def test_what_others_get_meanwhile_is_counted(page: Page, account: Api) -> None:
    say(page, "one")
    expect(theirs(page)).to_have_text("one")
    page.get_by_role("tab", name="Alice").click()
    account.send(USER, LATE)
    expect(page.get_by_label("1 条未读")).to_be_visible()
    page.get_by_role("tab", name="小明").click()
    expect(theirs(page)).to_have_text(["one", "慢工出细活"])
    expect(page.get_by_label("1 条未读")).to_have_count(0)


def test_a_tap_in_a_msgmenu_comes_back_as_a_text(page: Page, account: Api, server: Backend) -> None:
    say(page, "one")
    expect(theirs(page)).to_have_text("one")
    items = [{"id": "7", "content": "满意"}]
    menu = {"head_content": "满意吗？", "list": items, "tail_content": ""}
    account.send(USER, {"msgtype": "msgmenu", "msgmenu": menu})
    page.get_by_role("button", name="满意", exact=True).click()
    expect(theirs(page).last).to_have_text("满意")
    assert opened(ACCOUNT, server.requests[-1]).push.fields["bizmsgmenuid"] == "7"


def test_a_saved_conversation_is_replayed(page: Page, server: Backend, tmp_path: Path) -> None:
    say(page, "one")
    expect(theirs(page)).to_have_text("one")
    with page.expect_download() as downloaded:
        page.get_by_role("button", name="保存会话").click()
    path = tmp_path / "conversation.json"
    downloaded.value.save_as(path)
    saved = json.loads(path.read_text())
    saved["steps"].append({**saved["steps"][0], "answer": {"kind": "text", "text": "other"}})
    path.write_text(json.dumps(saved))
    with page.expect_file_chooser() as chosen:
        page.get_by_role("button", name="重放会话").click()
    chosen.value.set_files(path)
    expect(page.get_by_text("重放：1 / 2 步一致")).to_be_visible()
    expect(page.locator("#replay li")).to_have_text(["一致", "不一致"])
    assert len(server.requests) == 3
    page.locator("#replay li").last.get_by_role("button").click()
    expect(page.locator(".comparison figure")).to_have_text(["应为other", "实际one"])
    page.locator("#replay").get_by_role("button", name="关闭").click()
    expect(page.locator("#replay")).to_be_hidden()


# --- The wire and the faults ------------------------------------------------------------------


def test_each_route_says_why_it_answers_or_does_not(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.copy_to(tmp_path / "project"))
    project.save_handlers(Path(), project.ROUTES)
    say(page, "news")
    wire(page).get_by_text("TextMessage → test.news").click()
    routes = wire(page).locator(".routes li")
    expect(routes.filter(has_text="test.news")).to_contain_text("匹配，由它回答")
    expect(routes.filter(has_text="test.contact")).to_contain_text("只处理 ClickEvent")
    expect(routes.filter(has_text="test.usage")).to_contain_text("content 不符合 /help|[?]/")
    expect(routes.filter(has_text="test.others")).to_contain_text("前面的先回答")


def test_signature_and_encryption_are_shown_step_by_step(page: Page) -> None:
    say(page, "hi")
    wire(page).get_by_text("推送的签名与加密").click()
    expect(wire(page)).to_contain_text("token = ••••")
    expect(wire(page).get_by_text("✓ 一致").first).to_be_visible()
    expect(wire(page)).to_contain_text("16 随机 + 4 长度")


def test_what_happened_is_filtered_and_searched(page: Page) -> None:
    for text in ("apple", "json", "banana"):
        say(page, text)
    expect(page.get_by_text(FAULT)).to_be_visible()
    rows = wire(page).locator("#list button")
    expect(rows).to_have_count(3)
    wire(page).get_by_role("button", name="失败").click()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("json")
    wire(page).get_by_role("button", name="全部").click()
    wire(page).get_by_role("searchbox").fill("BANA")
    expect(rows).to_contain_text(["banana"])
    wire(page).get_by_role("searchbox").fill("cherry")
    expect(wire(page)).to_contain_text("没有符合的记录")


def test_calls_of_the_api_are_listed_newest_first_with_their_answers(
    page: Page, account: Api
) -> None:
    say(page, "hi")
    expect(theirs(page)).to_have_count(1)
    account.send(USER, LATE)
    wire(page).get_by_role("button", name="接口").click()
    rows = wire(page).locator("#list button")
    expect(rows).to_have_text(
        [re.compile("custom/send.*errcode 0"), re.compile("stable_token.*errcode 0")]
    )
    rows.last.click()
    expect(wire(page)).to_contain_text('"expires_in": 7200')
    expect(wire(page)).to_contain_text('"access_token": "••••"')


def test_a_push_is_copied_as_a_command(page: Page) -> None:
    say(page, "hi")
    page.get_by_role("button", name="复制为 curl").click()
    expect(page.get_by_role("button", name="复制为 curl")).to_contain_text("已复制")
    command: str = page.evaluate("navigator.clipboard.readText()")
    assert command.startswith("curl -sS 'http://127.0.0.1:")
    assert ACCOUNT.token not in command


def test_a_fault_is_turned_on_with_its_amount_and_felt(page: Page) -> None:
    page.get_by_role("button", name="故障").click()
    amount = page.get_by_label("api-latency（秒）")
    amount.fill("2.5")
    page.get_by_role("switch", name="api-latency").check()
    expect(page.get_by_text("所有接口都慢 2.5 秒")).to_be_visible()
    amount.fill("1000")
    amount.blur()
    page.reload()
    expect(page.get_by_label("api-latency（秒）")).to_have_value("2.5")
    page.get_by_role("switch", name="fourth-delivery").check()
    expect(page.get_by_text("已打开 2 个")).to_be_visible()
    say(page, "broken")
    expect(page.get_by_role("button", name="推送 4 次")).to_be_visible()
    page.get_by_role("button", name="全部关闭").click()
    expect(page.get_by_text("已打开")).to_have_count(0)


def test_pushes_can_stream_and_are_counted(page: Page) -> None:
    page.get_by_role("button", name="状态").click()
    page.get_by_role("button", name="开始推送").click()
    expect(page.locator("#count-answered")).not_to_have_text("0")
    page.get_by_role("button", name="停止").click()
    expect(page.locator("#count-refused")).to_have_text("0")


# --- Languages, keyboard, windows -------------------------------------------------------------


def test_the_page_speaks_chinese_and_english(page: Page) -> None:
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    say(page, "json")
    expect(page.get_by_text(FAULT)).to_be_visible()
    page.get_by_role("button", name="Switch to English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_visible()
    expect(page.locator(".note.fault")).to_contain_text("out of order")
    expect(page.get_by_role("region", name="Wire")).to_contain_text("neither success, nor empty")
    page.reload()
    expect(page.get_by_role("button", name="切换到中文")).to_be_visible()


def test_whoever_reads_no_chinese_is_met_in_english(browser: Browser, side: Side) -> None:
    with browser.new_page(locale="de-DE") as page:
        page.set_default_timeout(MILLISECONDS)
        page.goto(side.address)
        expect(page.get_by_role("button", name="Send", exact=True)).to_be_visible()


def test_both_languages_have_a_word_for_everything(page: Page) -> None:
    keys = """async () => {
        const keys = (value, path) => value && typeof value === "object" && !Array.isArray(value)
            ? Object.entries(value).flatMap(([name, each]) => keys(each, [...path, name]))
            : [path.join(".")];
        const { zh } = await import("/static/words/zh.js");
        const { en } = await import("/static/words/en.js");
        return [keys(zh, []), keys(en, [])];
    }"""
    zh, en = (set(each) for each in page.evaluate(keys))
    # An account that is not verified is a choice of its own.
    names = [fault.name for fault in FAULTS if fault is not API_UNAUTHORIZED]
    assert {f"sees.{name}" for name in names} <= zh
    # What Python says in Chinese needs a word in English only.
    english = {f"faultNames.{name}" for name in names}
    english |= {f"failures.{failure.name}" for failure in Failure}
    english |= {"units.秒", "units.次"}
    assert en - zh == english
    assert zh - en == set()


def test_the_keyboard_does_it_all(page: Page) -> None:
    expect(page.get_by_label("消息", exact=True)).to_be_visible()
    page.keyboard.press("m")
    page.keyboard.type("one")
    page.keyboard.press("Enter")
    expect(theirs(page)).to_have_text("one")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_label("消息", exact=True)).to_have_value("one")
    page.keyboard.press("Enter")
    expect(theirs(page)).to_have_text(["one", "one"])
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    expect(page.get_by_role("region", name="故障")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("one")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(wire(page).locator("#list [aria-pressed=true]")).to_have_count(1)
    page.keyboard.press("2")
    expect(page.get_by_role("tab", name="Alice")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="键盘快捷键")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_window(
    page: Page, account: Api, width: int, scheme: str
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    say(page, UNTRUSTED)
    expect(theirs(page)).to_have_count(1)
    account.send(USER, LATE)
    page.get_by_role("button", name="更多功能").click()
    for view in VIEWS:
        button = page.locator("#views").get_by_role("button", name=re.compile(view))
        if button.is_visible():
            button.click()
        assert overflow(page) <= 0, view
    page.locator("#views").get_by_role("button", name="报文").click()
    if width == 390:
        page.locator("#list button").last.click()
    expect(wire(page).locator("pre").first).to_be_visible()
    assert overflow(page) <= 0


def test_a_narrow_window_shows_one_view_and_leads_back(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    say(page, "你好")
    expect(wire(page)).to_be_hidden()
    page.get_by_role("button", name="推送 1 次").click()
    expect(wire(page)).to_contain_text("<![CDATA[你好]]>")
    expect(page.get_by_label("消息", exact=True)).to_be_hidden()
    page.get_by_role("button", name="返回列表").click()
    expect(wire(page).locator("#list button")).to_be_visible()
    page.get_by_role("button", name="聊天").click()
    expect(page.get_by_label("消息", exact=True)).to_be_visible()

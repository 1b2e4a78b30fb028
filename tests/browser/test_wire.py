"""The wire of `make run`: whose each message was, what was done again, web authorizations."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from simulator.events import USER
from tests import project
from tests.browser.chat import open_mine, phone, press, say, theirs
from tests.machine import Machine
from tests.patience import wait_until

HANDLERS = """
import time
from pathlib import Path

from chalicelib.router import Context, Router, Routes
from chalicelib.wechat.messages import ClickEvent, ImageMessage, LocationMessage, TextMessage
from chalicelib.wechat.replies import Article, News, Reply, Text

router = Router("test")

@router.on(ClickEvent, slow=True, ack="a moment")
def slow(event: ClickEvent, ctx: Context) -> Reply:
    while not Path("gate").exists():
        time.sleep(0.05)
    return Text(f"the answer to {event.event_key}")

@router.on(TextMessage, content="news", slow=True)
def news(message: TextMessage, ctx: Context) -> Reply:
    return News(Article("Autumn", "three new teas", url="https://example.com/tea"))

@router.on(TextMessage, content="tell Alice")
def tell(message: TextMessage, ctx: Context) -> Reply:
    ctx.send("ALICE", "a word from somebody")
    return Text("told")

@router.on(TextMessage, content="announce")
def announce(message: TextMessage, ctx: Context) -> Reply:
    from chalicelib import bootstrap  # which imports the handlers
    bootstrap.send("ALICE", "an announcement")
    return Text("announced")

@router.on(LocationMessage)
def place(message: LocationMessage, ctx: Context) -> Reply:
    return Text(message.label)

@router.on(ImageMessage)
def picture(message: ImageMessage, ctx: Context) -> Reply:
    return Text("a picture")

@router.on(TextMessage)
def answer(message: TextMessage, ctx: Context) -> Reply:
    return Text("hello")

routes = Routes(router)
"""
ALICE = "oSimulated_user_0000000000_2"
FIRST, SECOND = "oSimulated_number_one", "oSimulated_number_two"


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    machine = Machine(project.copy_to(tmp_path_factory.mktemp("wire") / "project"))
    machine.save_handlers(HANDLERS.replace("ALICE", ALICE))
    with machine.running():
        yield machine


@pytest.fixture
def page(window: Page, machine: Machine) -> Iterator[Page]:
    with phone(window, f"http://127.0.0.1:{machine.phone_port}", may_complain=True) as page:
        yield page


def hold(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()


def do(page: Page, action: str, argument: str = "", openid: str = USER) -> None:
    """A user does something, without the way through the panel."""
    wish = {"action": action, "argument": argument, "openid": openid}
    headers = {"Content-Type": "application/json"}
    sent = page.request.post(f"{origin(page)}/pushes", data=json.dumps(wish), headers=headers)
    assert sent.ok


def told(page: Page, path: str) -> dict[str, Any]:
    """What the server tells the page."""
    answer: dict[str, Any] = page.request.get(f"{origin(page)}{path}").json()
    return answer


def origin(page: Page) -> str:
    return page.url.rpartition("/")[0]


def rows(page: Page) -> Locator:
    """What happened, newest first."""
    return page.locator("#list > li")


def row(page: Page, words: str) -> Locator:
    """The newest of those that tell these words."""
    return rows(page).filter(has_text=words).first


def steps(page: Page) -> Locator:
    """The timeline of what is shown."""
    return page.locator(".timeline > li")


def arrived(page: Page) -> Locator:
    return steps(page).filter(has_text="客服消息到达")


# --- Whose each message was -------------------------------------------------------------------


def test_answers_that_are_under_way_at_once_stand_each_under_its_own_push(
    page: Page, machine: Machine, tmp_path: Path
) -> None:
    gate = machine.project / "gate"
    gate.unlink(missing_ok=True)
    for openid, key in ((FIRST, "ONE"), (SECOND, "OTHER"), (FIRST, "TWO")):
        do(page, "click", key, openid)
        expect(row(page, f"点击菜单 {key}")).to_contain_text("test.slow")
    hold(page, FIRST[-8:])
    expect(theirs(page)).to_have_text(["a moment", "a moment"])
    with page.expect_download() as downloaded:
        press(page, "保存会话")
    expect(page.locator("#trouble")).to_contain_text("有 2 步还没结束")
    assert json.loads(Path(downloaded.value.path()).read_text())["steps"] == []
    gate.touch()
    expect(theirs(page).filter(has_text="the answer to TWO")).to_be_visible()
    for key in ("ONE", "OTHER", "TWO"):
        row(page, f"点击菜单 {key}").get_by_role("button").click()
        expect(page.locator("#details h3")).to_have_text(f"点击菜单 {key}")
        expect(arrived(page)).to_have_count(1)
        expect(arrived(page)).to_contain_text(f"the answer to {key}")
        row(page, f"the answer to {key}").get_by_role("button").click()
        expect(page.locator("#details h3")).to_have_text(f"点击菜单 {key}")
    with page.expect_download() as downloaded:
        press(page, "保存会话")
    path = tmp_path / "conversation.json"
    downloaded.value.save_as(path)
    with page.expect_file_chooser() as chosen:
        press(page, "重放会话")
    chosen.value.set_files(path)
    expect(page.get_by_text("重放：2 / 2 步一致")).to_be_visible()


def test_a_message_that_a_handler_sent_to_another_user_stands_under_its_push(page: Page) -> None:
    hold(page, "Alice")
    say(page, "hi")
    expect(theirs(page).last).to_have_text("hello")
    hold(page, "小明")
    say(page, "tell Alice")
    expect(arrived(page)).to_contain_text("客服消息到达 Alice")
    expect(arrived(page)).to_contain_text("a word from somebody")
    row(page, "a word from somebody").get_by_role("button").click()
    expect(page.locator("#details h3")).to_have_text("tell Alice")


def test_a_message_that_was_sent_for_no_push_has_a_row_and_a_timeline_of_its_own(
    page: Page,
) -> None:
    do(page, "say", "hi", ALICE)  # WeChat knows nobody who never did anything
    say(page, "announce")
    row(page, "an announcement").get_by_role("button").click()
    expect(page.locator("#details h3")).to_have_text("an announcement")
    expect(page.locator("#details")).to_contain_text("不是为这里的哪次推送发出的")
    expect(steps(page).filter(has_text="日志 · worker")).to_contain_text("sent")
    expect(steps(page).filter(has_text="/cgi-bin/message/custom/send")).to_contain_text("errcode 0")


def test_a_late_message_is_listed_by_its_kind_and_first_words(page: Page) -> None:
    say(page, "news")
    late = row(page, "[图文] Autumn")
    expect(late.locator(".what use")).to_have_attribute("href", "static/icons.svg#link")
    press(page, "Switch to English")
    expect(row(page, "[Articles] Autumn")).to_be_visible()
    late = row(page, "[Articles] Autumn")
    late.get_by_role("button").click()
    step = steps(page).filter(has_text="Customer service message")
    step.locator("summary").click()
    expect(step.locator(".bubble.news")).to_contain_text("Autumn")


def test_why_an_answer_was_dropped_is_told_in_the_language_of_the_page(page: Page) -> None:
    press(page, "故障")
    page.get_by_role("switch", name="window-closed").check()
    do(page, "say", "news")
    page.locator("#views").get_by_role("button", name="报文").click()
    expect(page.locator("#wrong")).to_contain_text("已丢弃 · 无需处理：用户发消息已超过 48 小时")
    line = steps(page).filter(has_text="日志 · worker").filter(has_text="被丢弃")
    expect(line).to_contain_text("回复已经发不出去，被丢弃 · 无需处理")
    line.locator("summary").click()
    expect(line).to_contain_text("an answer cannot be sent any more and was dropped")
    press(page, "Switch to English")
    expect(page.locator("#wrong")).to_contain_text("Dropped · nothing to do: the user wrote more")
    page.locator("#views").get_by_role("button", name="Faults").click()
    page.get_by_role("switch", name="window-closed").uncheck()
    expect(page.locator("#views .badge")).to_have_count(0)


# --- Done again -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "argument", "shown", "answer"),
    [
        ("say", "once more", "once more", "hello"),
        ("location", "", "北京市东城区天安门广场", "北京市东城区天安门广场"),
        ("image", "", "[图片]", "a picture"),
        ("click", "AGAIN", "点击菜单 AGAIN", "a moment"),
        ("event", "LOCATION", "事件 LOCATION", ""),
    ],
)
def test_whatever_a_user_did_can_be_done_again(
    page: Page, machine: Machine, action: str, argument: str, shown: str, answer: str
) -> None:
    (machine.project / "gate").touch()
    mine = rows(page).filter(has_text=shown).filter(has=page.locator(".dots i"))
    do(page, action, argument)
    expect(mine).to_have_count(1)
    mine.get_by_role("button").click()
    expect(page.locator("#details header")).to_contain_text(shown)  # no longer another's
    press(page, "再做一次")
    expect(mine).to_have_count(2)
    first, second = [
        each["number"]
        for each in told(page, "/conversation")["entries"]
        if shown in str(each.get("done"))
    ]
    wait_until(lambda: not told(page, f"/turns/{second}")["pending"])
    one, other = told(page, f"/turns/{first}"), told(page, f"/turns/{second}")
    assert one["done"] == other["done"]
    assert one["identity"] != other["identity"]  # not another delivery of the first
    assert (other["answer"] or {}).get("text", "") == answer


# --- Web authorization ------------------------------------------------------------------------


def test_a_web_authorization_is_shown_from_page_to_page_without_its_secrets(page: Page) -> None:
    hold(page, "Alice")
    frame = open_mine(page)
    expect(row(page, "网页授权")).to_contain_text("等用户在微信页面上选择")
    row(page, "网页授权").get_by_role("button").click()
    press(frame, "允许")
    expect(frame.locator("h1")).to_have_text("Alice")
    expect(row(page, "网页授权")).to_contain_text("已登录")
    titles = page.locator("#details .timeline .step > strong")
    expect(titles).to_have_text(
        [
            "打开网页",
            "微信授权页",
            "用户的选择",
            "从微信回到后端",
            "接口调用",
            "接口调用",
            "打开网页",
        ]
    )
    expect(steps(page).filter(has_text="用户的选择")).to_contain_text("允许")
    for path in ("/sns/oauth2/access_token", "/sns/userinfo"):
        expect(steps(page).filter(has_text=path)).to_contain_text("errcode 0")
    for step in steps(page).all():
        step.locator("summary").click()
    callback = steps(page).filter(has_text="从微信回到后端")
    expect(callback.get_by_role("row", name="code")).to_contain_text("••••")
    expect(callback.get_by_role("row", name="state")).to_contain_text("••••")


def test_a_tap_on_a_link_that_no_route_answers_is_no_failure(page: Page) -> None:
    open_mine(page)
    row(page, "打开菜单链接").get_by_role("button").click()
    expect(steps(page).filter(has_text="没有路由回答")).to_be_visible()
    expect(page.locator("li.failed", has_text="没有路由回答")).to_have_count(0)


def test_a_refused_web_authorization_is_told_as_such(page: Page) -> None:
    frame = open_mine(page)
    press(frame, "拒绝")
    expect(frame.locator("h1")).to_have_text("您没有授权")
    expect(row(page, "网页授权")).to_contain_text("用户拒绝")
    page.locator("#filter-authorizations").click()
    expect(rows(page).filter(has_not_text="网页授权")).to_have_count(0)


def test_what_the_log_says_of_a_visitor_stands_among_his_pages(page: Page) -> None:
    fault(page, "system-busy", on=True)
    press(open_mine(page), "允许")
    expect(row(page, "网页授权")).to_contain_text("没有成功")
    row(page, "网页授权").get_by_role("button").click()
    expect(steps(page).filter(has_text="/sns/oauth2/access_token")).to_contain_text("errcode -1")
    line = steps(page).filter(has_text="访客登录不了")
    expect(line).to_contain_text("微信系统繁忙")
    fault(page, "system-busy", on=False)


def fault(page: Page, name: str, *, on: bool) -> None:
    wish = json.dumps({"name": name, "on": on})
    headers = {"Content-Type": "application/json"}
    assert page.request.post(f"{origin(page)}/faults", data=wish, headers=headers).ok


# --- Whether the account is verified ----------------------------------------------------------


def test_an_account_is_verified_or_not_by_one_choice_on_both_sides(page: Page) -> None:
    press(page, "故障")
    account = page.get_by_role("group", name="公众号", exact=True)
    expect(account.get_by_role("button", pressed=True)).to_have_text("已认证")
    press(page, "未认证")
    expect(account.get_by_role("button", pressed=True)).to_have_text("未认证")
    expect(
        page.get_by_text("没有客服接口（48001）；后端的 LATE_ANSWERS 因此是 passive")
    ).to_be_visible()
    assert settings(page) == ("passive", True)
    press(page, "未认证，后端没改")
    expect(page.locator("#faults .hint.failed")).to_contain_text("这两样必须一致")
    assert settings(page) == ("customer_service", True)
    press(page, "已认证")
    expect(page.get_by_text("有客服接口；后端的 LATE_ANSWERS 是 customer_service")).to_be_visible()
    assert settings(page) == ("customer_service", False)


def settings(page: Page) -> tuple[str, bool]:
    """What the backend is to run with, and whether WeChat refuses customer service messages."""
    now = told(page, "/conversation")
    refuses = [each["on"] for each in now["faults"] if each["name"] == "api-unauthorized"]
    return now["settings"]["LATE_ANSWERS"], refuses[0]

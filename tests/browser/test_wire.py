"""The wire of `make run`: the push of each message, repeated actions, an unverified account."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from simulator.events import USER
from tests import project
from tests.browser.chat import phone, press, replay, save_conversation, say, theirs
from tests.browser.wire import hold, origin, row, rows, steps, told
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


def do(page: Page, action: str, argument: str = "", openid: str = USER) -> None:
    """Lets a user do something, without clicks in the panel."""
    wish = {"action": action, "argument": argument, "openid": openid}
    headers = {"Content-Type": "application/json"}
    sent = page.request.post(f"{origin(page)}/pushes", data=json.dumps(wish), headers=headers)
    assert sent.ok


def arrived(page: Page) -> Locator:
    return steps(page).filter(has_text="客服消息到达")


# --- The push of each message -----------------------------------------------------------------


def test_concurrent_answers_are_each_shown_under_their_own_push(
    page: Page, machine: Machine, tmp_path: Path
) -> None:
    gate = machine.project / "gate"
    gate.unlink(missing_ok=True)
    for openid, key in ((FIRST, "ONE"), (SECOND, "OTHER"), (FIRST, "TWO")):
        do(page, "click", key, openid)
        expect(row(page, f"点击菜单 {key}")).to_contain_text("test.slow")
    hold(page, FIRST[-8:])
    expect(theirs(page)).to_have_text(["a moment", "a moment"])
    press(page, "保存会话")
    expect(page.get_by_role("dialog")).to_contain_text("把 0 步存进")
    expect(page.get_by_role("dialog")).to_contain_text("有 2 步还没结束")
    press(page, "取消")
    gate.touch()
    expect(theirs(page).filter(has_text="the answer to TWO")).to_be_visible()
    for key in ("ONE", "OTHER", "TWO"):
        row(page, f"点击菜单 {key}").get_by_role("button").click()
        expect(page.locator("#details h3")).to_have_text(f"点击菜单 {key}")
        expect(arrived(page)).to_have_count(1)
        expect(arrived(page)).to_contain_text(f"the answer to {key}")
        row(page, f"the answer to {key}").get_by_role("button").click()
        expect(page.locator("#details h3")).to_have_text(f"点击菜单 {key}")
    path = tmp_path / "conversation.json"
    save_conversation(page, path)
    replay(page, path)
    expect(page.get_by_text("重放：2 / 2 步一致")).to_be_visible()


def test_a_message_to_another_user_is_shown_under_the_push_of_its_handler(page: Page) -> None:
    hold(page, "Alice")
    say(page, "hi")
    expect(theirs(page).last).to_have_text("hello")
    hold(page, "小明")
    say(page, "tell Alice")
    expect(arrived(page)).to_contain_text("客服消息到达 Alice")
    expect(arrived(page)).to_contain_text("a word from somebody")
    row(page, "a word from somebody").get_by_role("button").click()
    expect(page.locator("#details h3")).to_have_text("tell Alice")


def test_a_message_without_a_push_has_its_own_row_and_timeline(
    page: Page,
) -> None:
    do(page, "say", "hi", ALICE)  # WeChat only knows users who have done something
    say(page, "announce")
    expect(row(page, "an announcement")).to_contain_text("主动发送的消息 · 文本")
    row(page, "an announcement").get_by_role("button").click()
    expect(page.locator("#details h3")).to_have_text("an announcement")
    expect(page.locator("#details")).to_contain_text("不是为这里的哪次推送发出的")
    expect(steps(page).filter(has_text="日志 · worker")).to_contain_text("sent")
    expect(steps(page).filter(has_text="/cgi-bin/message/custom/send")).to_contain_text("errcode 0")


def test_a_late_message_is_listed_by_its_kind_and_first_words(page: Page) -> None:
    say(page, "news")
    late = row(page, "[图文] Autumn").locator(".part")
    expect(late.locator("use")).to_have_attribute("href", re.compile(r"/icons\.svg#link$"))
    press(page, "Switch to English")
    expect(row(page, "[Articles] Autumn")).to_be_visible()
    late = row(page, "[Articles] Autumn")
    late.get_by_role("button").click()
    step = steps(page).filter(has_text="Customer service message")
    step.locator("summary").click()
    expect(step.locator(".bubble.news")).to_contain_text("Autumn")


def test_a_push_is_one_row_with_its_parts_and_a_story_of_a_line_a_step(page: Page) -> None:
    say(page, "news")
    expect(row(page, "news").locator(".part")).to_have_text(re.compile("Autumn"))
    expect(row(page, "news")).to_contain_text("已送达 · test.news")
    titles = page.locator("#details > .timeline > li strong")
    expect(titles).to_have_text(
        ["第 1 次推送", "验签通过", "路由", "后端", "第 1 次执行", "客服消息到达"]
    )
    expect(page.locator("#details pre:visible")).to_have_count(0)
    page.locator("#details summary", has_text="第 1 次推送").click()
    expect(page.locator("#details pre:visible").first).to_contain_text("<Content>")


def test_a_route_of_the_backend_itself_is_told_in_words(page: Page) -> None:
    do(page, "say", "继续")
    told = "继续：送出待发的消息，没有则 test.answer"
    expect(row(page, "继续")).to_contain_text(f"已送达 · {told}")
    row(page, "继续").get_by_role("button").click()
    expect(steps(page).filter(has_text=f"TextMessage → {told}")).to_be_visible()
    page.locator("#details summary", has_text="TextMessage → ").click()
    expect(page.locator("#details")).not_to_contain_text("处理函数后来改过")
    expect(page.locator("#wire")).not_to_contain_text(":continue:")


def test_the_reason_of_an_answer_that_waits_is_in_the_language_of_the_page(page: Page) -> None:
    press(page, "注入故障")
    page.get_by_role("switch", name="window-closed").check()
    do(page, "say", "news")
    page.locator("#views").get_by_role("button", name="报文").click()
    wrong = page.locator("#wrong")
    expect(wrong).to_contain_text("等用户的下一条消息 · 无需处理：用户发消息已超过 48 小时")
    line = steps(page).filter(has_text="日志 · worker").filter(has_text="无需处理")
    page.locator("#records > summary").click()
    line.locator("summary").click()
    expect(line).to_contain_text("an answer waits for the user's next message")
    press(page, "Switch to English")
    expect(wrong).to_contain_text(
        "Waits for the user's next message · nothing to do: 48 hours have passed"
    )
    page.locator("#views").get_by_role("button", name="Faults").click()
    page.get_by_role("switch", name="window-closed").uncheck()
    expect(page.locator("#views .badge")).to_have_count(0)


# --- Repeated actions -------------------------------------------------------------------------


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
def test_any_action_of_a_user_can_be_repeated(
    page: Page, machine: Machine, action: str, argument: str, shown: str, answer: str
) -> None:
    (machine.project / "gate").touch()
    mine = rows(page).filter(has_text=shown).filter(has=page.locator(".dots i"))
    do(page, action, argument)
    expect(mine).to_have_count(1)
    mine.get_by_role("button").click()
    expect(page.locator("#details header")).to_contain_text(shown)  # and not the one before
    press(page, "重新发送")
    expect(mine).to_have_count(2)
    first, second = [
        each["number"]
        for each in told(page, "/conversation")["entries"]
        if shown in str(each.get("done"))
    ]
    wait_until(lambda: not told(page, f"/turns/{second}")["pending"])
    one, other = told(page, f"/turns/{first}"), told(page, f"/turns/{second}")
    assert one["done"] == other["done"]
    assert one["identity"] != other["identity"]  # a new push and not another delivery
    assert (other["answer"] or {}).get("text", "") == answer


# --- Whether the account is verified ----------------------------------------------------------


def test_one_choice_sets_both_sides_to_verified_or_unverified(page: Page) -> None:
    press(page, "注入故障")
    account = page.get_by_role("group", name="公众号", exact=True)
    expect(account.get_by_role("button", pressed=True)).to_have_text("已认证")
    press(page, "未认证")
    expect(account.get_by_role("button", pressed=True)).to_have_text("未认证")
    expect(
        page.get_by_text("没有客服消息接口（48001）；后端的 LATE_ANSWERS 因此是 passive")
    ).to_be_visible()
    assert settings(page) == ("passive", True)
    press(page, "未认证，后端没改")
    expect(page.locator("#faults .hint.failed")).to_contain_text("这两样必须一致")
    assert settings(page) == ("customer_service", True)
    press(page, "已认证")
    expect(
        page.get_by_text("有客服消息接口；后端的 LATE_ANSWERS 是 customer_service")
    ).to_be_visible()
    assert settings(page) == ("customer_service", False)


def settings(page: Page) -> tuple[str, bool]:
    """The backend's LATE_ANSWERS, and whether WeChat refuses customer service messages."""
    now = told(page, "/conversation")
    refuses = [each["on"] for each in now["faults"] if each["name"] == "api-unauthorized"]
    return now["settings"]["LATE_ANSWERS"], refuses[0]

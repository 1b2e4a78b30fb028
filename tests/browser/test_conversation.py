"""A shop's conversation on the phone: booking in steps, beside a slow model for any other text."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests import project
from tests.browser.chat import phone, press, say, theirs
from tests.browser.wire import row, steps
from tests.machine import Machine
from tests.recipes import BLOCKS, HANDLERS

MODEL = """
import time
from pathlib import Path

from chalicelib.router import Context, Router, Routes
from chalicelib.wechat.messages import ClickEvent, TextMessage
from chalicelib.wechat.replies import Reply, Text

from . import booking

router = Router("model")

@router.on(ClickEvent, event_key="PRICES", slow=True)
def prices(event: ClickEvent, ctx: Context) -> Reply:
    return Text("茶 20 元")

@router.on(TextMessage, slow=True, ack="让我想想…")
def model(message: TextMessage, ctx: Context) -> list[Reply]:
    while not Path("gate").exists():
        time.sleep(0.05)
    return [Text(f"{message.content}：{part}") for part in "一二三"]

routes = Routes(booking.router, router)
"""

ANSWERS = [f"{question}：{part}" for question in "甲乙丙" for part in "一二三"] + ["茶 20 元"]


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    copied = project.copy_to(tmp_path_factory.mktemp("conversation") / "project")
    machine = Machine(copied)
    booking = copied / "chalicelib" / "handlers" / "booking.py"
    machine.save_handlers(MODEL)
    booking.write_text(BLOCKS[HANDLERS, "A conversation", "python", 1].code, encoding="utf-8")
    with machine.running():
        yield machine


@pytest.fixture
def page(window: Page, machine: Machine) -> Iterator[Page]:
    (machine.project / "gate").unlink(missing_ok=True)
    with phone(window, f"http://127.0.0.1:{machine.phone_port}", may_complain=True) as page:
        yield page


def last(page: Page) -> Locator:
    return theirs(page).last


def test_a_visit_is_booked_in_steps_while_the_model_thinks(page: Page, machine: Machine) -> None:
    say(page, "预约")
    expect(last(page)).to_contain_text("您想哪天来？")
    say(page, "哪天人少？")
    expect(last(page)).to_have_text("让我想想…")
    say(page, "5月20日")
    expect(last(page)).to_have_text("请问怎么称呼您？")
    row(page, "5月20日").get_by_role("button").click()
    steps(page).get_by_text("TextMessage → booking.day").click()
    expect(page.locator(".routes .fits")).to_contain_text("booking.day")
    (machine.project / "gate").touch()
    expect(last(page)).to_have_text("哪天人少？：三")
    say(page, "小明")
    expect(last(page)).to_have_text("小明，您的手机号是？")
    say(page, "13800138000")
    expect(last(page)).to_have_text("小明，5月20日见！")


def ask_three_and_tap(page: Page) -> int:
    """Three quick questions and a tap on the menu. Returns how many messages stood there before."""
    nothing_yet = page.get_by_role("button", name="发一条消息试试")
    expect(theirs(page).or_(nothing_yet).first).to_be_visible()
    before = theirs(page).count()
    for number, question in enumerate("甲乙丙"):
        say(page, question)
        expect(theirs(page).nth(before + number)).to_have_text("让我想想…")
    press(page, "更多功能")
    press(page, "点击菜单")
    page.get_by_label("菜单 KEY").fill("PRICES")
    page.get_by_role("dialog").get_by_role("button", name="发送").click()
    return before


def expect_each_once_in_order(page: Page, before: int) -> None:
    read = "\n".join(theirs(page).all_inner_texts()[before:])
    assert [read.count(each) for each in ANSWERS] == [1] * len(ANSWERS), read
    assert sorted(ANSWERS, key=read.index) == ANSWERS


def test_what_wechat_does_not_take_now_comes_with_the_word_continue(
    page: Page, machine: Machine
) -> None:
    before = ask_three_and_tap(page)
    (machine.project / "gate").touch()
    expect(page.locator("#allowances li")).to_have_text(["丙：三", "茶 20 元"])
    say(page, "继续")
    expect(last(page)).to_have_text(ANSWERS[-1])
    expect(page.locator("#allowances")).not_to_contain_text("待发")
    expect_each_once_in_order(page, before)


def test_on_an_unverified_account_a_late_answer_comes_with_the_next_step(
    page: Page, machine: Machine
) -> None:
    press(page, "故障")
    press(page, "未认证")
    page.locator("#views").get_by_role("button", name="报文").click()
    say(page, "预约")
    expect(last(page)).to_contain_text("您想哪天来？")
    say(page, "哪天人少？")
    expect(last(page)).to_have_text("让我想想…")
    (machine.project / "gate").touch()
    row(page, "哪天人少？").get_by_role("button").click()
    expect(steps(page).filter(has_text="job · model.model · waits")).to_have_count(1)
    say(page, "5月20日")
    expect(last(page)).to_contain_text("哪天人少？：一")
    expect(last(page)).to_contain_text("请问怎么称呼您？")
    say(page, "继续")
    expect(last(page)).to_have_text("继续，您的手机号是？")

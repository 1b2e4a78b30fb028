"""A shop's conversation on the phone: booking in steps, beside slow answers, and a model."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from simulator.model.behaviour import Behaviour
from simulator.model.endpoint import running
from tests import project
from tests.browser.chat import phone, press, say, theirs
from tests.browser.wire import row, steps
from tests.documents import PROJECT
from tests.machine import Machine
from tests.patience import wait_until
from tests.recipes import BLOCKS, HANDLERS

ACCOUNT = """
import re
import time
from pathlib import Path

from chalicelib.router import Context, Router, Routes
from chalicelib.wechat.messages import ClickEvent, TextMessage
from chalicelib.wechat.replies import Reply, Text

from . import booking, model as recipe

router = Router("gate")

@router.on(ClickEvent, event_key="PRICES", slow=True)
def prices(event: ClickEvent, ctx: Context) -> Reply:
    return Text("茶 20 元")

@router.on(TextMessage, content=re.compile("[甲乙丙]|哪天人少？"), slow=True, ack="让我想想…")
def answer(message: TextMessage, ctx: Context) -> list[Reply]:
    while not Path("gate").exists():
        time.sleep(0.05)
    rest = "茶" * 500 * (message.content in "甲乙丙")  # too long for two to be one message
    return [Text(f"{message.content}：{part}{rest}") for part in "一二三"]

routes = Routes(booking.router, router, recipe.router)
"""

ANSWERS = [f"{question}：{part}" for question in "甲乙丙" for part in "一二三"] + ["茶 20 元"]


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    copied = project.copy_to(tmp_path_factory.mktemp("conversation") / "project")
    machine = Machine(copied)
    booking = copied / "chalicelib" / "handlers" / "booking.py"
    booking.write_text(BLOCKS[HANDLERS, "A conversation", "python", 1].code, encoding="utf-8")
    for recipe in ("model.py", "completion.py"):
        shutil.copy(PROJECT / "docs" / "recipes" / recipe, booking.parent)
    machine.save_handlers(ACCOUNT)
    with running(Behaviour(speed=100)) as model, pytest.MonkeyPatch.context() as patch:
        patch.setenv("MODEL_URL", model.url)
        with machine.running():
            machine.ssm().put_parameter(
                Name="/wechalice/dev/own/model-key", Value="k", Type="SecureString"
            )
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


def test_a_model_answers_with_its_label_until_it_is_cancelled(page: Page) -> None:
    say(page, "怎么泡茶？ length=3000")
    expect(last(page)).to_contain_text("关于“怎么泡茶？”：")
    expect(page.get_by_text("内容由第三方AI生成").last).to_be_visible()
    say(page, "取消")
    expect(last(page)).to_have_text("好的，不说了。")
    say(page, "再来 length=60")  # waits until the other work has ended
    expect(last(page)).to_contain_text("关于“再来”：")


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
    read = "\n".join(theirs(page).all_text_contents()[before:])
    assert [read.count(each) for each in ANSWERS] == [1] * len(ANSWERS), read
    assert sorted(ANSWERS, key=read.index) == ANSWERS


def test_what_wechat_does_not_take_now_comes_with_the_word_continue(
    page: Page, machine: Machine
) -> None:
    before = ask_three_and_tap(page)
    (machine.project / "gate").touch()
    expect(page.locator("#allowances li")).to_contain_text(["丙：三", "茶 20 元"])
    say(page, "继续")
    expect(last(page)).to_have_text(ANSWERS[-1])
    expect(page.locator("#allowances")).not_to_contain_text("待发")
    expect_each_once_in_order(page, before)


def test_on_an_unverified_account_a_late_answer_comes_with_the_next_step(
    page: Page, machine: Machine
) -> None:
    reloads = machine.output().count("Reloaded.")
    press(page, "注入故障")
    press(page, "未认证")
    wait_until(lambda: machine.output().count("Reloaded.") > reloads)  # it takes a push with it
    page.locator("#views").get_by_role("button", name="报文").click()
    say(page, "预约")
    expect(last(page)).to_contain_text("您想哪天来？")
    say(page, "哪天人少？")
    expect(last(page)).to_have_text("让我想想…")
    (machine.project / "gate").touch()
    row(page, "哪天人少？").get_by_role("button").click()
    expect(steps(page).filter(has_text="job · gate.answer · waits")).to_have_count(1)
    say(page, "5月20日")
    expect(last(page)).to_contain_text("哪天人少？：一")
    expect(last(page)).to_contain_text("请问怎么称呼您？")
    say(page, "继续")
    expect(last(page)).to_have_text("继续，您的手机号是？")

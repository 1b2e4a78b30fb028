"""The steps of each answer are shown beside the chat, and faults are turned on there."""

import re
from pathlib import Path
from threading import Event

import pytest
from playwright.sync_api import Page, expect

from chalicelib.api.client import Api
from simulator.events import USER
from simulator.wording import FAULT
from tests import project
from tests.browser.account import ACCOUNT, LATE
from tests.browser.chat import say, theirs, wire


def test_each_route_shows_why_it_answers_or_not(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.copy_to(tmp_path / "project"))
    project.save_handlers(Path(), project.ROUTES)
    say(page, "news")
    wire(page).get_by_text("TextMessage → test.news").click()
    routes = wire(page).locator(".routes li")
    expect(routes.filter(has_text="test.news")).to_contain_text("匹配，由它处理")
    expect(routes.filter(has_text="test.contact")).to_contain_text("只处理 ClickEvent")
    expect(routes.filter(has_text="test.usage")).to_contain_text("content 不符合 /help|[?]/")
    expect(routes.filter(has_text="test.others")).to_contain_text("也匹配，但由前面的路由处理")


def test_a_route_that_asks_for_a_state_says_so(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.copy_to(tmp_path / "project"))
    project.save_handlers(Path(), project.ROUTES.replace('content="news"', 'state="booking"'))
    say(page, "hi")
    wire(page).get_by_text("TextMessage → test.others").click()
    routes = wire(page).locator(".routes li")
    expect(routes.filter(has_text="test.news")).to_contain_text("只在状态 booking 下处理")


def test_signature_and_encryption_are_shown_step_by_step(page: Page) -> None:
    say(page, "hi")
    wire(page).get_by_text("第 1 次推送").click()
    wire(page).get_by_text("推送的签名与加密").click()
    expect(wire(page)).to_contain_text("token = ••••")
    expect(wire(page).get_by_text("✓ 一致").first).to_be_visible()
    expect(wire(page)).to_contain_text("16 随机 + 4 长度")


def test_a_step_stays_open_when_the_wire_is_drawn_again(page: Page, released: Event) -> None:
    say(page, "slow")
    route = wire(page).locator(".timeline details").filter(has_text="路由")
    route.locator("summary").click()
    released.set()
    expect(wire(page).locator(".timeline")).to_contain_text("状态码 200")
    expect(route).to_have_attribute("open", "")
    page.get_by_role("button", name="Switch to English").click()
    expect(page.locator(".timeline details[open]")).to_contain_text("Route")


def test_the_list_is_filtered_and_searched(page: Page) -> None:
    for text in ("apple", "json", "banana"):
        say(page, text)
    expect(page.locator(".note.fault")).to_have_text(FAULT)
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


def test_a_fault_is_turned_on_with_its_amount_and_has_effect(page: Page) -> None:
    page.get_by_role("button", name="注入故障").click()
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
    page.get_by_role("dialog").get_by_role("button", name="开始推送").click()
    expect(page.locator("#count-answered")).not_to_have_text("0")
    page.get_by_role("button", name="停止").click()
    expect(page.locator("#count-refused")).to_have_text("0")

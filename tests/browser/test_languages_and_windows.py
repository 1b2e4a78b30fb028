"""The page in both languages, by keyboard alone, and in windows of any size."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from chalicelib.api.client import Api
from simulator.events import USER
from simulator.faults import API_UNAUTHORIZED, FAULTS
from simulator.outcome import Failure
from simulator.wording import FAULT
from tests.browser.account import LATE, UNTRUSTED
from tests.browser.chat import SCHEMES, overflow, say, theirs, wire
from tests.browser.conftest import MILLISECONDS
from tests.simulated import Side

VIEWS = ("聊天", "报文", "注入故障", "状态")


def test_the_page_speaks_chinese_and_english(page: Page) -> None:
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    say(page, "json")
    expect(page.locator(".note.fault")).to_have_text(FAULT)
    page.get_by_role("button", name="Switch to English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_visible()
    expect(page.locator(".note.fault")).to_contain_text("out of order")
    expect(page.get_by_role("region", name="Wire")).to_contain_text("neither success, nor empty")
    page.reload()
    expect(page.get_by_role("button", name="切换到中文")).to_be_visible()


def test_a_reader_without_chinese_is_met_in_english(browser: Browser, side: Side) -> None:
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
    # Whether the account is verified is a separate choice.
    names = [fault.name for fault in FAULTS if fault is not API_UNAUTHORIZED]
    assert {f"sees.{name}" for name in names} <= zh
    # What Python says in Chinese is needed in English only.
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
    expect(page.get_by_role("region", name="注入故障")).to_be_visible()
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


def assert_nothing_is_wider(page: Page, view: str) -> None:
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        assert overflow(page) <= 0, (view, scheme)


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_window(page: Page, account: Api, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    say(page, UNTRUSTED)
    expect(theirs(page)).to_have_count(1)
    account.send(USER, LATE)
    page.get_by_role("button", name="更多功能").click()
    for view in VIEWS:
        button = page.locator("#views").get_by_role("button", name=re.compile(view))
        if button.is_visible():
            button.click()
        assert_nothing_is_wider(page, view)
    page.locator("#views").get_by_role("button", name="报文").click()
    if width == 390:
        page.locator("#list button").last.click()
    expect(wire(page).get_by_text("客服消息到达")).to_be_visible()
    expect(wire(page).get_by_text(re.compile(r"TextMessage → \w+\.\w+"))).to_be_visible()
    wire(page).get_by_text("第 1 次推送").click()
    wire(page).get_by_text("推送的签名与加密").click()
    expect(wire(page).locator("pre", has_text="<Encrypt>").first).to_be_visible()
    assert_nothing_is_wider(page, "details")


def test_a_narrow_window_shows_one_view_and_leads_back(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    say(page, "你好")
    expect(wire(page)).to_be_hidden()
    page.get_by_role("button", name="推送 1 次").click()
    wire(page).get_by_text("第 1 次推送").click()
    expect(wire(page)).to_contain_text("<![CDATA[你好]]>")
    expect(page.get_by_label("消息", exact=True)).to_be_hidden()
    page.get_by_role("button", name="返回列表").click()
    expect(wire(page).locator("#list button")).to_be_visible()
    page.get_by_role("button", name="聊天").click()
    expect(page.get_by_label("消息", exact=True)).to_be_visible()

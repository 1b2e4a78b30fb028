"""`make screenshots`: takes the documents' pictures of the phone's page, in its own run."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import click
import httpx
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests import project
from tests.browser.chat import say
from tests.machine import Machine

IMAGES = Path(__file__).parent.parent / "docs" / "images"
PATIENCE = 30_000
WIDE, NARROW = (1280, 800), (390, 780)

_PAINTED = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 300)))"

HANDLERS = """
import re
import time
from collections.abc import Iterator

from chalicelib.router import Context, Router, Routes
from chalicelib.wechat.messages import ClickEvent, SubscribeEvent, TextMessage
from chalicelib.wechat.replies import Article, MsgMenu, MsgMenuItem, News, Reply, Text

router = Router("shop", apology="出了点问题，请稍后再试。")


@router.on(SubscribeEvent, idempotent=True)
def welcome(event: SubscribeEvent, ctx: Context) -> Reply:
    return Text("欢迎关注！点下面的菜单，或者发“天气 北京”试试。")


@router.on(TextMessage, content=re.compile(r"天气\\s*(?P<city>\\S+)"), idempotent=True)
def weather(message: TextMessage, ctx: Context) -> Reply:
    return Text(f"{ctx.groups['city']}：晴，26 ℃")


@router.on(TextMessage, content="满意")
def thanks(message: TextMessage, ctx: Context) -> Reply:
    ctx.session["thanked"] = True
    return Text("谢谢！")


@router.on(ClickEvent, event_key="NEWS", idempotent=True)
def news(event: ClickEvent, ctx: Context) -> Reply:
    return News(Article("秋季新品", "三款新茶上市", url="https://example.com/tea"))


@router.on(ClickEvent, event_key="REPORT", slow=True, ack="正在生成，请稍候…")
def report(event: ClickEvent, ctx: Context) -> Iterator[Reply]:
    time.sleep(1.5)
    yield Text("一、本周新增关注 128 人，取消关注 9 人。\\n二、最常问的是“什么时候发货”。")
    yield MsgMenu("这份报告有用吗？", (MsgMenuItem("1", "满意"), MsgMenuItem("2", "不满意")))


routes = Routes(router)
"""
MENU = {
    "button": [
        {"type": "click", "name": "新品", "key": "NEWS"},
        {"type": "click", "name": "周报", "key": "REPORT"},
        {"type": "view", "name": "我的", "url": ""},
    ]
}


@click.command()
@click.option("--chromium", default="/usr/bin/chromium", show_default=True)
def main(chromium: str) -> None:
    """Takes the documents' pictures into docs/images/."""
    IMAGES.mkdir(exist_ok=True)
    expect.set_options(PATIENCE)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        machine = Machine(project.copy_to(Path(folder) / "project"))
        machine.save_handlers(HANDLERS)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        with machine.running():
            _take_all(browser, f"http://127.0.0.1:{machine.phone_port}", machine.url)
        browser.close()


def _take_all(browser: Browser, phone: str, url: str) -> None:
    MENU["button"][2]["url"] = url.replace("/wechat", "/me")
    httpx.post(f"{phone}/menu", json=MENU).raise_for_status()
    with _page(browser, phone, WIDE) as page:
        _talk(page)
        _save(page, "wire")
        page.locator("#to-tables").click()
        _rotate(page)
        _save(page, "state")
    with _page(browser, phone, WIDE, scheme="dark", locale="en") as page:
        page.locator("#to-faults").click()
        page.locator("#fault-responses-lost").check()
        expect(page.locator("#to-faults .badge")).to_be_visible()
        _save(page, "faults")
        page.locator("#fault-responses-lost").uncheck()
    with _page(browser, phone, NARROW) as page:
        expect(page.locator(".bubble").first).to_be_visible()
        _save(page, "phone")
        page.get_by_role("menuitem", name="我的").click()
        frame = page.frame_locator("#browser iframe")
        expect(frame.get_by_role("button", name="允许", exact=True)).to_be_visible()
        frame.locator("body").evaluate(_PAINTED)
        _save(page, "authorization")


def _talk(page: Page) -> None:
    """A conversation with a little of everything, and a late message at the end."""
    for text, answer in (("天气 北京", "26 ℃"), ("满意", "谢谢！")):
        say(page, text)
        expect(page.locator(".theirs .bubble").last).to_contain_text(answer)
    page.get_by_role("menuitem", name="新品").click()
    expect(page.locator(".article")).to_be_visible()
    page.get_by_role("menuitem", name="周报").click()
    expect(page.get_by_text("这份报告有用吗？").first).to_be_visible()
    expect(page.locator("#list .part").nth(1)).to_be_visible()
    page.locator(".timeline").get_by_text("ClickEvent → shop.report").click()


def _rotate(page: Page) -> None:
    """Starts a stream of pushes, and stops in the middle of the rotation of a token."""
    page.locator("#stream").click()
    page.get_by_role("dialog").get_by_role("button", name="开始推送").click()
    page.get_by_role("button", name="轮换 token").click()
    expect(page.locator("#rotation")).to_contain_text("8 秒后")


def _save(page: Page, name: str) -> None:
    page.mouse.move(0, 0)
    page.screenshot(path=IMAGES / f"{name}.png", animations="disabled")
    click.echo(f"docs/images/{name}.png")


@contextmanager
def _page(
    browser: Browser,
    address: str,
    size: tuple[int, int],
    scheme: Literal["light", "dark"] = "light",
    locale: str = "zh-CN",
) -> Iterator[Page]:
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        locale=locale,
        device_scale_factor=1.5,
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(address)
    yield page
    context.close()


if __name__ == "__main__":
    main()

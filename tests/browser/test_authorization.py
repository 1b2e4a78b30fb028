"""Web authorization on `make run`, in a real browser: the whole round, and what the wire shows."""

import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, expect

from chalicelib.web.tickets import bind_link
from chalicelib.wechat import signatures
from simulator.account import Account
from tests import project, recipes
from tests.browser.chat import open_mine, phone, press, watched
from tests.browser.wire import hold, origin, row, rows, steps
from tests.machine import Machine
from tests.simulated import client_of

PATH = "/wechalice/dev"
SCAN = recipes.BLOCKS[recipes.HANDLERS, "A page that scans or shares", "python", 1]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    machine = Machine(project.copy_to(tmp_path_factory.mktemp("authorization") / "project"))
    machine.make_handlers_say("hello")
    recipes.end_app(machine.project, SCAN)
    with machine.running():
        yield machine


@pytest.fixture
def site(running: Machine) -> str:
    return running.url.removesuffix("/wechat")


@pytest.fixture
def page(window: Page) -> Iterator[Page]:
    """A phone on which nobody is signed in."""
    with watched(window):
        window.set_viewport_size({"width": 390, "height": 844})
        yield window


def is_signed_in(page: Page, site: str) -> bool:
    expect(page).to_have_url(re.compile(f"{re.escape(site)}/me"))
    expect(page.locator("h1")).to_have_text("小明")
    return True


def test_the_whole_web_authorization(page: Page, site: str, running: Machine) -> None:
    callbacks: list[str] = []

    def note(request: Request) -> None:
        if "/oauth/callback" in request.url:
            callbacks.append(request.url)

    page.on("request", note)
    page.goto(f"{site}/me")
    press(page, "允许")
    assert is_signed_in(page, site)
    page.goto(callbacks[0])  # again, as WeChat's browser does
    assert is_signed_in(page, site)
    press(page, "退出登录")
    expect(page.locator("h1")).to_have_text("已退出")
    page.goto(f"{site}/me")
    press(page, "拒绝")
    expect(page.locator("h1")).to_have_text("您没有授权")
    page.get_by_role("link", name="重新授权").click()
    press(page, "以快照身份浏览")
    expect(page.locator("h1")).to_have_text("请使用完整服务")
    assert_nothing_leaked(running, callbacks)
    page.remove_listener("request", note)


def assert_nothing_leaked(running: Machine, callbacks: list[str]) -> None:
    """The backend's output has no codes, no states and no secret of the stage."""
    found = running.ssm().get_parameters_by_path(Path=PATH, WithDecryption=True, MaxResults=10)
    secrets = [each["Value"] for each in found["Parameters"] if not each["Name"].endswith("app-id")]
    assert len(secrets) >= 6
    parts = re.findall(r"(?:code|state)=(\w+)", " ".join(callbacks))
    assert len(parts) >= 4
    assert not [secret for secret in (*secrets, *parts) if secret in running.output()]


def test_an_account_of_the_site_is_bound_and_unbound(
    page: Page, site: str, running: Machine
) -> None:
    key = running.ssm().get_parameter(Name=f"{PATH}/ticket-key", WithDecryption=True)
    page.goto(bind_link(site, key["Parameter"]["Value"], "42", "a***@example.com"))
    press(page, "允许")
    expect(page.locator("h1")).to_have_text("将微信「小明」绑定到账号 a***@example.com？")
    press(page, "确认绑定")
    assert is_signed_in(page, site)
    expect(page.get_by_text("a***@example.com")).to_be_visible()
    page.get_by_text("解除绑定").click()
    press(page, "确认解除")
    expect(page.get_by_text("未绑定")).to_be_visible()


def test_a_session_survives_a_new_cookie_key(page: Page, site: str, running: Machine) -> None:
    page.goto(f"{site}/me")
    press(page, "允许")
    assert is_signed_in(page, site)
    running.ssm().put_parameter(
        Name=f"{PATH}/cookie-key",
        Value=urlsafe_b64encode(b"2" * 32).decode(),
        Type="SecureString",
        Overwrite=True,
    )
    page.reload()
    assert is_signed_in(page, site)


def test_a_user_who_deleted_their_data_is_unknown(page: Page, site: str) -> None:
    page.goto(f"{site}/me")
    press(page, "允许")
    assert is_signed_in(page, site)
    page.get_by_text("删除我的数据").click()
    press(page, "确认删除")
    expect(page.get_by_role("heading", name="数据已删除")).to_be_visible()
    page.goto(f"{site}/me")
    expect(page.get_by_role("button", name="允许", exact=True)).to_be_visible()


def test_a_page_fits_a_phone(page: Page, site: str, tmp_path: Path) -> None:
    page.goto(f"{site}/me")
    press(page, "允许")
    assert is_signed_in(page, site)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390


# --- On the wire ------------------------------------------------------------------------------


@pytest.fixture
def wire(window: Page, running: Machine) -> Iterator[Page]:
    """The phone with the wire beside it."""
    with phone(window, f"http://127.0.0.1:{running.phone_port}", may_complain=True) as page:
        yield page


def test_a_web_authorization_is_shown_page_by_page_without_secrets(wire: Page) -> None:
    hold(wire, "Alice")
    frame = open_mine(wire)
    expect(row(wire, "网页授权")).to_contain_text("等用户在微信页面上选择")
    row(wire, "网页授权").get_by_role("button").click()
    press(frame, "允许")
    expect(frame.locator("h1")).to_have_text("Alice")
    expect(wire.locator("#address")).to_contain_text("/me")
    expect(row(wire, "网页授权")).to_contain_text("已登录")
    titles = wire.locator("#details .timeline .step > strong")
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
    expect(steps(wire).filter(has_text="用户的选择")).to_contain_text("允许")
    for path in ("/sns/oauth2/access_token", "/sns/userinfo"):
        expect(steps(wire).filter(has_text=path)).to_contain_text("errcode 0")
    for step in steps(wire).all():
        step.locator("summary").click()
    callback = steps(wire).filter(has_text="从微信回到后端")
    expect(callback.get_by_role("row", name="code")).to_contain_text("••••")
    expect(callback.get_by_role("row", name="state")).to_contain_text("••••")
    press(wire, "关闭")
    press(wire, "状态")
    expect(wire.get_by_role("region", name="用户资料")).to_contain_text("Alice")
    hold(wire, "小明")  # who is not signed in
    expect(open_mine(wire).get_by_role("button", name="允许", exact=True)).to_be_visible()


def test_a_tap_on_a_link_without_a_route_is_no_failure(wire: Page) -> None:
    open_mine(wire)
    row(wire, "打开菜单链接").get_by_role("button").click()
    expect(steps(wire).filter(has_text="ViewEvent → 无需回复")).to_be_visible()
    expect(wire.locator("#wire .failed")).to_have_count(0)


def test_a_refused_web_authorization_is_shown_as_refused(wire: Page) -> None:
    frame = open_mine(wire)
    press(frame, "拒绝")
    expect(frame.locator("h1")).to_have_text("您没有授权")
    expect(row(wire, "网页授权")).to_contain_text("用户拒绝")
    frame.locator("h1").click()
    frame.locator("h1").press("Escape")
    expect(wire.locator("#browser")).to_be_hidden()
    wire.locator("#filter-authorizations").click()
    expect(rows(wire).filter(has_not_text="网页授权")).to_have_count(0)


def test_what_the_log_says_of_a_visitor_stands_among_their_pages(wire: Page) -> None:
    fault(wire, "system-busy", on=True)
    press(open_mine(wire), "允许")
    expect(row(wire, "网页授权")).to_contain_text("没有成功")
    row(wire, "网页授权").get_by_role("button").click()
    expect(steps(wire).filter(has_text="/sns/oauth2/access_token")).to_contain_text("errcode -1")
    line = steps(wire).filter(has_text="访客无法登录")
    expect(line).to_contain_text("微信系统繁忙")
    fault(wire, "system-busy", on=False)


def test_a_snapshot_page_leads_to_the_full_service(wire: Page) -> None:
    frame = open_mine(wire)
    press(frame, "以快照身份浏览")
    expect(frame.locator("h1")).to_have_text("请使用完整服务")
    expect(row(wire, "网页授权")).to_contain_text("快照页用户，没有登录")
    press(wire, "使用完整服务")
    press(frame, "允许")
    expect(frame.locator("h1")).to_have_text("小明")
    expect(wire.locator("#browser footer")).to_be_hidden()


def fault(wire: Page, name: str, *, on: bool) -> None:
    wish = json.dumps({"name": name, "on": on})
    headers = {"Content-Type": "application/json"}
    assert wire.request.post(f"{origin(wire)}/faults", data=wish, headers=headers).ok


JS_SDK = """
window.wx = {
  config(given) {
    window.given = given;
    setTimeout(given.signature ? this.whenReady : this.whenWrong);
  },
  ready(happens) { this.whenReady = happens; },
  error(happens) { this.whenWrong = happens; },
  updateAppMessageShareData(given) { window.shared = given; },
  scanQRCode(given) { given.success({resultStr: "https://shop.example/books/7"}); },
};
"""
"""Stands in for WeChat's script, which does these things only in WeChat."""


def test_a_page_that_scans_and_shares_is_signed_for_its_address(
    page: Page, site: str, running: Machine
) -> None:
    page.route("https://res.wx.qq.com/**", lambda route: route.fulfill(body=JS_SDK))
    address = f"{site}/scan?from=singlemessage"
    page.goto(f"{address}#top")
    page.get_by_role("button", name="扫一扫").click()
    expect(page.locator("output")).to_have_text("https://shop.example/books/7")
    given = page.evaluate("given")
    console = running.project / ".local" / "console.json"
    wechat = client_of(f"http://127.0.0.1:{running.phone_port}", Account.load(console))
    ticket = wechat.call("GET", "/cgi-bin/ticket/getticket", {"type": "jsapi"})["ticket"]
    signed = signatures.js_sdk(ticket, given["nonceStr"], given["timestamp"], address)
    assert given["signature"] == signed
    assert page.evaluate("shared.link") == address

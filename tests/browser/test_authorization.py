"""The whole round of web authorization, driven in a real browser on `make run`."""

import re
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from chalicelib.web.tickets import bind_link
from tests import project
from tests.browser.conftest import MILLISECONDS
from tests.machine import Machine

PATH = "/wechalice/dev"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    machine = Machine(project.copy_to(tmp_path_factory.mktemp("authorization") / "project"))
    machine.make_handlers_say("hello")
    with machine.running():
        yield machine


@pytest.fixture
def site(running: Machine) -> str:
    return running.url.removesuffix("/wechat")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A phone on which nobody is signed in."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    context.set_default_timeout(MILLISECONDS)
    yield context.new_page()
    context.close()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def is_signed_in(page: Page, site: str) -> bool:
    expect(page).to_have_url(re.compile(f"{re.escape(site)}/me"))
    expect(page.locator("h1")).to_have_text("小明")
    return True


def test_the_whole_round(page: Page, site: str, running: Machine) -> None:
    callbacks: list[str] = []
    page.on(
        "request",
        lambda request: callbacks.append(request.url) if "/oauth/callback" in request.url else None,
    )
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
    assert_nothing_is_told(running, callbacks)


def assert_nothing_is_told(running: Machine, callbacks: list[str]) -> None:
    """Neither codes and states nor any secret of the stage stand in what the backend printed."""
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


def test_who_deletes_his_data_is_a_stranger(page: Page, site: str) -> None:
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

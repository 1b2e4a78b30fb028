"""All that carries the AppSecret or an access token comes from the address on the whitelist."""

from collections.abc import Iterator
from typing import Any

import boto3
import httpx
import pytest

from chalicelib.wechat import signatures
from ops.target import AT_EXIT
from tests.e2e import fixed_exit
from tests.e2e.browser import Browser
from tests.e2e.deployment import Deployment, somebody
from tests.patience import PATIENCE, wait_until


@pytest.fixture
def guarded(deployment: Deployment) -> Iterator[Deployment]:
    """The deployment, whose account has only the exit's address on its whitelist."""
    world = deployment.side.world
    world.whitelist, made = [fixed_exit.ADDRESS], len(world.calls)
    yield deployment
    world.whitelist = None
    assert {each.errcode for each in world.calls[made:]} == {0}


def api_urls(deployment: Deployment) -> dict[str, str]:
    """Where each function looks for WeChat's API, by its name in Chalice."""
    lambda_ = boto3.client("lambda")
    names = {"api_handler": "wechalice-dev"}
    names |= {name: f"wechalice-dev-{name}" for name in AT_EXIT}
    return {
        name: lambda_.get_function_configuration(FunctionName=function)["Environment"]["Variables"][
            "WECHAT_API_URL"
        ]
        for name, function in names.items()
    }


def test_only_what_calls_wechat_knows_the_exit(deployment: Deployment) -> None:
    known = api_urls(deployment)
    assert known.pop("api_handler") == deployment.side.address
    assert {*known.values()} == {deployment.exit}


def test_what_does_not_come_through_it_is_refused(deployment: Deployment) -> None:
    deployment.side.world.whitelist = [fixed_exit.ADDRESS]
    try:
        for path in ("/cgi-bin/ticket/getticket", "/sns/oauth2/access_token", "/sns/userinfo"):
            answer = httpx.get(f"{deployment.side.address}{path}", timeout=PATIENCE).json()
            assert answer["errcode"] == 40164
            assert "127.0.0.1" in answer["errmsg"]
    finally:
        deployment.side.world.whitelist = None


def test_a_visitor_signs_in(guarded: Deployment) -> None:
    browser = Browser()
    page = browser.consents(browser.get(f"{guarded.site}/me"))
    assert "小明" in page.text


def test_a_page_is_signed_for_the_js_sdk(guarded: Deployment) -> None:
    url = f"{guarded.site}/signed"
    found: Any = httpx.get(url, timeout=PATIENCE).json()
    ticket = guarded.side.world.js_sdk_ticket
    assert found["signature"] == signatures.js_sdk(
        ticket, found["nonceStr"], found["timestamp"], "https://shop.example/"
    )


def test_a_slow_answer_leaves(guarded: Deployment) -> None:
    user = somebody()
    assert guarded.write("slow", user).reply == "a moment"
    wait_until(lambda: guarded.heard(user) == ["slow"])

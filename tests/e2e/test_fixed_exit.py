"""All that carries the AppSecret or an access token comes from the address on the whitelist."""

import json
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
def listed(deployment: Deployment) -> Iterator[Deployment]:
    """The deployment, whose account has only the exit's address on its whitelist."""
    deployment.side.world.whitelist = [fixed_exit.ADDRESS]
    yield deployment
    deployment.side.world.whitelist = None


@pytest.fixture
def guarded(listed: Deployment) -> Iterator[Deployment]:
    """The same, where no call may be refused."""
    calls = listed.side.world.calls
    made = len(calls)
    yield listed
    assert {each.errcode for each in calls[made:]} == {0}


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


def test_what_does_not_come_through_it_is_refused(listed: Deployment) -> None:
    for path in ("/cgi-bin/ticket/getticket", "/sns/oauth2/access_token", "/sns/userinfo"):
        answer = httpx.get(f"{listed.side.address}{path}", timeout=PATIENCE).json()
        assert answer["errcode"] == 40164
        assert "127.0.0.1" in answer["errmsg"]


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


def test_operators_need_no_address_of_their_own(listed: Deployment) -> None:
    menu = listed.project / "menu.yaml"
    menu.write_text(json.dumps({"button": [{"type": "click", "name": "Now", "key": "NOW"}]}))
    listed.ops("menu", "push", str(menu), "--yes")
    assert "Now" in listed.ops("menu", "show")
    assert "http" in listed.ops("qrcode", "poster")
    assert "remain" in str(listed.asks("status")["quota"])
    found = {each["check"]: each["state"] for each in listed.asks("doctor")}
    assert {found[each] for each in ("token", "account", "late answers")} == {"ok"}

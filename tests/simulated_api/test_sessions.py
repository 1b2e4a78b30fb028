"""Sessions of customer service by the API: WeChat gives a user to an agent, and says so."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from chalicelib.wechat.replies import Text, TransferCustomerService
from simulator.events import USER
from simulator.platform.agents import AGENTS
from tests.backends import backend, replying
from tests.fakes import Clock
from tests.patience import PATIENCE, wait_until
from tests.simulated import client_of, wechat_side
from tests.simulated_api.setting import ACCOUNT, Setting, refusal

CREATE, CLOSE = "/customservice/kfsession/create", "/customservice/kfsession/close"
FIRST, SECOND = AGENTS
GIVEN = {"kf_account": SECOND, "openid": USER}


@pytest.fixture
def shop() -> Iterator[Setting]:
    """WeChat's side of an account that transfers its first user, and then only answers."""
    answers = [replying(ACCOUNT, reply) for reply in (TransferCustomerService(), Text("你好"))]
    with backend(*answers) as server, wechat_side(ACCOUNT, server.url) as side:
        yield Setting(side, Clock(0), client_of(side.address, ACCOUNT))


def say(shop: Setting) -> None:
    push = {"action": "say", "argument": "人工"}
    httpx.post(f"{shop.side.address}/pushes", json=push, timeout=PATIENCE)


def events(shop: Setting) -> list[str]:
    """The names of the events that were pushed and answered."""
    shown = httpx.get(f"{shop.side.address}/conversation", timeout=PATIENCE).json()["entries"]
    done = [each["done"] for each in shown if not each.get("pending")]
    return [each["event"] for each in done if each["kind"] == "event"]


def session(shop: Setting) -> str:
    """The agent who has the user."""
    query = {"openid": USER}
    answer = shop.api.call("GET", "/customservice/kfsession/getsession", query)
    return str(answer["kf_account"])


def of_agent(shop: Setting, account: str) -> list[str]:
    """The users of an agent."""
    query = {"kf_account": account}
    found = shop.api.call("GET", "/customservice/kfsession/getsessionlist", query)["sessionlist"]
    return [each["openid"] for each in found]


def waiting(shop: Setting) -> dict[str, Any]:
    return shop.api.call("GET", "/customservice/kfsession/getwaitcase")


def test_a_transferred_user_waits_until_the_account_gives_them_to_an_agent(shop: Setting) -> None:
    say(shop)
    wait_until(lambda: waiting(shop)["count"] == 1)
    assert waiting(shop)["waitcaselist"][0]["openid"] == USER
    assert (session(shop), of_agent(shop, SECOND)) == ("", [])
    shop.api.call("POST", CREATE, body=GIVEN)
    assert (session(shop), of_agent(shop, SECOND), waiting(shop)["count"]) == (SECOND, [USER], 0)
    shop.api.call("POST", CREATE, body=GIVEN)  # once more
    assert refusal(shop, CREATE, {**GIVEN, "kf_account": FIRST}) == 65414
    shop.api.call("POST", CLOSE, body=GIVEN)
    assert session(shop) == ""
    wait_until(lambda: events(shop) == ["kf_create_session", "kf_close_session"])


@pytest.mark.parametrize(
    ("path", "body", "errcode"),
    [
        (CREATE, {**GIVEN, "kf_account": "nobody@shop"}, 65401),
        (CREATE, {**GIVEN, "openid": "oNobody"}, 40003),
        (CLOSE, GIVEN, 65413),
    ],
    ids=str,
)
def test_what_wechat_refuses_is_refused(
    untouched: Setting, path: str, body: dict[str, Any], errcode: int
) -> None:
    assert refusal(untouched, path, body) == errcode


def test_an_agent_without_a_person_gets_nobody(played: Setting) -> None:
    body = {"kf_account": "wang@shop", "nickname": "小王"}
    played.api.call("POST", "/customservice/kfaccount/add", body=body)
    assert refusal(played, CREATE, {**GIVEN, "kf_account": "wang@shop"}) == 65402

"""`doctor` finds what keeps a stage and WeChat from working together."""

import json
from contextlib import AbstractContextManager
from typing import Any

import pytest

from simulator.account import Account
from simulator.faults import (
    API_UNAUTHORIZED,
    IP_NOT_WHITELISTED,
    QUOTA_EXHAUSTED,
    SECRET_ROTATED,
    Fault,
)
from tests.backends import Answer, Backend, Request, backend
from tests.ops.doctor import examine, states
from tests.ops.operator import Operator
from tests.simulated import Side, wechat_side


@pytest.fixture
def keeping(operator: Operator, account: Account) -> Operator:
    """An operator of a stage that has only the account's secrets."""
    operator.keeps_secrets_of(account)
    return operator


def wechat(**answer: Any) -> AbstractContextManager[Backend]:
    """WeChat's API, with this answer to all calls but the one for an access token."""

    def respond(request: Request) -> Answer:
        token = {"access_token": "t", "expires_in": 7200}
        return Answer(json.dumps(token if b"grant_type" in request.body else answer))

    return backend(respond)


def examine_at(operator: Operator, api: Backend, check: str) -> dict[str, Any]:
    """What is found where that is WeChat's API."""
    operator.configure(WECHAT_API_URL=api.url)
    (found,) = examine(operator)[check]
    return found


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (IP_NOT_WHITELISTED, "203.0.113.7"),
        (SECRET_ROTATED, "app-secret"),
        (QUOTA_EXHAUSTED, "quota"),
    ],
)
def test_why_wechat_hands_out_no_token_is_told(
    operator: Operator, side: Side, fault: Fault, said: str
) -> None:
    side.world.faults.turn_on(fault)
    (found,) = examine(operator)["token"]
    assert found["state"] == "fail"
    assert said in found["do"]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer("forbidden", 403), "refuses"),
        (Answer('{"message": "Internal server error"}', 502), "502"),
        (Answer("success"), "forged"),
        (Answer(status=0), "cannot be reached"),
    ],
)
def test_a_door_that_does_not_answer_as_it_should_is_found(
    operator: Operator, side: Side, answer: Answer, said: str
) -> None:
    with backend(answer) as running:
        (found,) = examine(operator, running)["url"]
    assert found["state"] == "fail"
    assert said in found["found"]


def test_an_account_that_may_not_send_what_comes_late_is_told_what_to_set(
    keeping: Operator, account: Account
) -> None:
    with wechat_side(account) as side:
        keeping.configure(WECHAT_API_URL=side.address)
        assert states(keeping, "late answers") == {"ok"}
        side.world.faults.turn_on(API_UNAUTHORIZED)
        (found,) = examine(keeping)["late answers"]
        assert side.world.received == []
        keeping.configure(WECHAT_API_URL=side.address, LATE_ANSWERS="passive")
        assert states(keeping, "late answers") == {"ok"}
    assert found["state"] == "fail"
    assert "48001" in found["found"]
    assert "未认证" in found["do"]
    assert f"LATE_ANSWERS of {keeping.stage} to passive" in found["do"]


def test_an_account_without_staff_may_send_all_the_same(keeping: Operator) -> None:
    with wechat(errcode=65400, errmsg="please enable new custom service") as api:
        assert examine_at(keeping, api, "late answers")["state"] == "ok"


def test_where_wechat_does_not_say_who_may_send_the_reason_is_told(keeping: Operator) -> None:
    with wechat(errcode=45009, errmsg="reach max api daily quota limit") as api:
        found = examine_at(keeping, api, "late answers")
    assert found["state"] == "warn"
    assert "45009" in found["do"]


def test_addresses_that_wechat_pushes_to_are_told(keeping: Operator) -> None:
    with wechat(dns=[{"ip": "192.0.2.1"}, {"ip": "192.0.2.2"}]) as api:
        found = examine_at(keeping, api, "callback/check")
    assert found["state"] == "ok"
    assert "192.0.2.1, 192.0.2.2" in found["found"]


def test_a_url_that_was_never_saved_in_the_console_is_found(keeping: Operator) -> None:
    with wechat(dns=[], ping=[]) as api:
        found = examine_at(keeping, api, "callback/check")
    assert found["state"] == "warn"
    assert "基础信息 → 域名与消息推送配置" in found["do"]


def test_visitors_who_would_read_10003_are_foreseen(
    operator: Operator, side: Side, door: Backend
) -> None:
    (found,) = examine(operator, door)["web authorization"]
    assert found["state"] == "warn"
    assert "10003" in found["do"]
    assert "网页授权获取用户基本信息" in found["do"], "which is all that test accounts want"
    operator.configure(WECHAT_API_URL=side.address, PUBLIC_URL="https://shop.example")
    (found,) = examine(operator, door)["web authorization"]
    assert "without https:// and path, as 网页授权域名" in found["do"]
    assert "domain-verification" in found["do"]


def test_the_file_that_proves_the_domain_is_asked_for(operator: Operator, side: Side) -> None:
    operator.configure(WECHAT_API_URL=side.address, PUBLIC_URL="https://shop.example")
    operator.keeps("domain-verification", "abc123")
    with backend(Answer("abc123")) as running:
        (found,) = examine(operator, running)["web authorization"]
        assert found["state"] == "ok"
    with backend(Answer("not found", 404)) as running:
        (found,) = examine(operator, running)["web authorization"]
        assert found["state"] == "fail"

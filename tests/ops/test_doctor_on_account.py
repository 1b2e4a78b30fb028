"""`doctor` says on the first day what WeChat allows this kind of account."""

import pytest

from simulator.account import Account
from simulator.faults import API_UNAUTHORIZED, IP_NOT_WHITELISTED
from simulator.platform import template_calls
from simulator.platform.bodies import ApiRequest
from simulator.platform.calls import CALLS
from simulator.platform.endpoints import Answer, Endpoint
from simulator.platform.refusals import Refused
from simulator.platform.world import World
from tests.ops.doctor import examine
from tests.ops.operator import Operator
from tests.simulated import wechat_side


@pytest.fixture
def keeping(operator: Operator, account: Account) -> Operator:
    """An operator who has set the account's secrets, and deployed nothing."""
    operator.keeps_secrets_of(account)
    return operator


def at(operator: Operator, address: str) -> list[tuple[str, str]]:
    operator.configure(WECHAT_API_URL=address)
    return [(each["state"], each["found"]) for each in examine(operator)["account"]]


def test_a_verified_account_has_all(keeping: Operator, account: Account) -> None:
    with wechat_side(account) as side:
        ((state, found),) = at(keeping, side.address)
    assert state == "ok", "and WeChat says that there is no menu"
    for what in ("menus", "customer service", "template", "publishing", "web authorization"):
        assert what in found


def test_an_unverified_one_is_told_what_it_lacks_and_who_has_it(
    keeping: Operator, account: Account
) -> None:
    with wechat_side(account) as side:
        side.world.faults.turn_on(API_UNAUTHORIZED)
        (has, lacks) = at(keeping, side.address)
        do = examine(keeping)["account"][1]["do"]
        assert side.world.received == []
    assert has == ("ok", "WeChat gives it menus")
    assert lacks[0] == "warn"
    assert "customer service messages, template messages, publishing, web authorization" in lacks[1]
    assert "微信认证" in do
    assert "接口管理 → 接口权限与额度" in do


def test_a_verified_account_without_templates_signs_nobody_in(
    keeping: Operator, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So it is with 公众号 that are no 服务号."""

    def refuse(_: World, __: ApiRequest) -> Answer:
        raise Refused(48001)

    monkeypatch.setitem(CALLS, template_calls.LIST, Endpoint("GET", refuse))
    with wechat_side(account) as side:
        (has, lacks) = at(keeping, side.address)
    assert "publishing" in has[1]
    assert lacks == ("warn", "WeChat does not give it template messages, web authorization")


def test_without_a_token_wechat_cannot_be_asked(keeping: Operator, account: Account) -> None:
    with wechat_side(account) as side:
        side.world.faults.turn_on(IP_NOT_WHITELISTED)
        ((state, found),) = at(keeping, side.address)
    assert (state, found) == ("warn", "WeChat does not say what the account may do")

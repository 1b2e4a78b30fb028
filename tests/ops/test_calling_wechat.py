"""Commands call WeChat as the stage does: through its function wechat_caller, once there is one."""

import json

import pytest

from simulator.account import Account
from simulator.faults import IP_NOT_WHITELISTED
from tests.backends import Answer
from tests.ops.caller import answering, calling
from tests.ops.doctor import examine, states
from tests.ops.operator import Operator
from tests.simulated import Side, parameters_of, wechat_side

NOBODY = "127.0.0.3"
"""An address from which nothing here calls."""


@pytest.fixture
def new(operator: Operator, account: Account) -> Operator:
    """An operator of a stage that has only the account's secrets."""
    operator.keeps_secrets_of(account)
    return operator


def test_a_deployed_stage_makes_the_calls_and_the_operator_needs_no_way_to_wechat(
    operator: Operator, side: Side, account: Account
) -> None:
    operator.configure(WECHAT_API_URL="http://127.0.0.1:1")
    with answering(operator, calling(side.address, parameters_of(account))) as caller:
        assert operator.types("qrcode", "poster").exit_code == 0
    assert [json.loads(each.body)["call"] for each in caller.requests] == ["app_id", "request"]


def test_doctor_finds_a_wrong_app_secret_while_the_stage_still_has_a_token(
    operator: Operator, side: Side, account: Account
) -> None:
    parameters = parameters_of(account)
    with answering(operator, calling(side.address, parameters)):
        assert states(operator, "token") == {"ok"}
        parameters.put("app-secret", "0" * 32)
        (found,) = examine(operator)["token"]
        assert operator.types("qrcode", "poster").exit_code == 0, "the token is still in use"
    assert found["state"] == "fail"
    assert "app-secret" in found["do"]
    assert "40125" in found["do"]


def test_before_the_first_deploy_this_machine_calls_and_a_refusal_says_what_to_do(
    new: Operator, account: Account
) -> None:
    with wechat_side(account) as side:
        new.configure(WECHAT_API_URL=side.address)
        assert new.types("qrcode", "poster").exit_code == 0
        side.world.whitelist = [NOBODY]
        result = new.types("qrcode", "poster")
        (found,) = examine(new)["token"]
    assert result.exit_code == 1
    assert "WeChat: deploy first" in result.stderr
    assert "or add this address to the IP whitelist" in result.stderr
    assert "40164 invalid ip 127.0.0.1" in result.stderr
    assert (found["state"], found["found"]) == (
        "warn",
        "WeChat does not know this machine's address",
    )


def test_what_wechat_refuses_the_stage_is_said_of_the_stage(operator: Operator, side: Side) -> None:
    side.world.faults.turn_on(IP_NOT_WHITELISTED)
    result = operator.types("qrcode", "poster")
    assert result.exit_code == 1
    assert "WeChat: add this address to the IP whitelist" in result.stderr


def test_a_function_that_ends_without_an_answer_is_one_sentence(
    operator: Operator, side: Side
) -> None:
    with answering(operator, Answer("killed", 500)):
        result = operator.types("qrcode", "poster")
    assert result.exit_code == 1
    name = operator.target.function("wechat_caller")
    assert f"{name} ended without an answer: Proxy target returned HTTP 500" in result.stderr
    assert f"aws logs tail /aws/lambda/{name}" in result.stderr


def test_doctor_tells_once_that_it_ended_and_what_depends_on_it(
    operator: Operator, side: Side
) -> None:
    with answering(operator, Answer("killed", 500)):
        findings = operator.reads("doctor", "--url", "http://127.0.0.1:1")
    name = operator.target.function("wechat_caller")
    (found,) = [each for each in findings if f"{name} ended" in each["found"]]
    assert (found["check"], found["state"]) == ("wechat_caller", "fail")
    assert f"deploy --stage {operator.stage} --previous" in found["do"]
    assert f"aws logs tail /aws/lambda/{name}" in found["do"]
    (skipped,) = [each for each in findings if each["check"] == "not examined"]
    unasked = "token, account, late answers, callback/check (wechat_caller ended without an answer)"
    assert unasked in skipped["found"]


def test_secrets_that_the_stage_lacks_are_named(operator: Operator, side: Side) -> None:
    with answering(operator, calling(side.address, parameters_of(Account.new()))):
        result = operator.types("qrcode", "poster")
    assert result.exit_code == 1
    assert "app-id" in result.stderr

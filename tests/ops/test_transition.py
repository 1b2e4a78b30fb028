"""Visitors sign in while a stage changes from or to a release whose door called WeChat itself."""

import json
from typing import Any

import boto3
import pytest

from ops import chalice, deployed, package, policies, transition, versions
from ops.errors import Failed
from ops.target import CALLER
from simulator.account import Account
from tests.ops import deployment
from tests.ops.operator import Operator


def functions(operator: Operator) -> list[str]:
    return versions.functions(deployed.resources(operator.target))


def of_an_older_release(operator: Operator) -> list[str]:
    """The functions of a stage, when 1.2.0 has deployed it."""
    boto3.client("lambda").delete_function(FunctionName=operator.target.function(CALLER))
    return functions(operator)


def door_may(operator: Operator, *, by_chalice: bool = False) -> set[tuple[str, str]]:
    """What the door may do by policies that Chalice does not put: each action and resource.

    Or by all policies.
    """
    iam, role = boto3.client("iam"), f"{operator.target.door}-api_handler"
    found: list[Any] = [
        iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]
        if by_chalice or name != role
    ]
    statements = [each for policy in found for each in _read(policy)["Statement"]]
    return {
        (action, arn.rpartition(":")[2])
        for each in statements
        for action in each["Action"]
        for arn in each["Resource"]
    }


def _read(policy: Any) -> Any:
    return json.loads(policy) if isinstance(policy, str) else policy


def needs(operator: Operator) -> set[tuple[str, str]]:
    """What signs visitors in: in the older release, and in this one."""
    secret = f"parameter/wechalice/{operator.stage}/app-secret"
    return {
        ("ssm:GetParameters", secret),
        ("lambda:InvokeFunction", operator.target.function(CALLER)),
    }


@pytest.fixture
def ready(shipped: Operator, monkeypatch: pytest.MonkeyPatch) -> Operator:
    """The same, of a stage that 1.2.0 has deployed and that can be deployed; nothing is packed."""
    shipped.keeps_secrets_of(Account.new())
    keys = ("cookie-key", "ticket-key", "refresh-token-key")
    assert shipped.types("secrets", "generate", *keys, "--yes").exit_code == 0
    monkeypatch.setattr(package, "built", lambda *_: None)
    of_an_older_release(shipped)
    return shipped


def deploy(operator: Operator) -> int:
    """The exit code of `deploy`."""
    return operator.types("deploy", "--yes", "--fixed-exit", "none").exit_code


def test_a_door_that_starts_during_the_deploy_signs_visitors_in_whichever_its_release_is(
    ready: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chalice writes the new policy before the new code, and IAM may know it only after that.

    So old code meets the new policy, and new code the old one. A door that is warm would hide it.
    """
    new = policies.statements(ready.target, policies.DOOR)
    old = [each for each in new if each["Sid"] != "CallWeChat"]
    write_policy(ready, *old, policies.app_secret(ready.target))
    while_either_is_known = []

    def ship(*_: object) -> None:
        while_either_is_known.append(door_may(ready, by_chalice=True))
        write_policy(ready, *new)
        while_either_is_known.append(door_may(ready, by_chalice=True))

    monkeypatch.setattr(chalice, "run", ship)
    assert deploy(ready) == 0
    assert [needs(ready) - each for each in while_either_is_known] == [set(), set()]
    left = needs(ready) - door_may(ready, by_chalice=True)
    assert [action for action, _ in left] == ["ssm:GetParameters"]
    assert door_may(ready) == set()


def test_a_deploy_that_is_interrupted_leaves_it(
    ready: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise Failed("the network is down")

    monkeypatch.setattr(chalice, "run", fails)
    assert deploy(ready) == 1
    assert door_may(ready) >= needs(ready)


def test_it_never_gets_the_secret_back_once_there_was_a_caller(shipped: Operator) -> None:
    transition.allow(shipped.target, functions(shipped))
    assert door_may(shipped) == set()


def test_a_stage_that_was_never_deployed_needs_nothing(operator: Operator) -> None:
    transition.allow(operator.target, [])
    transition.withdraw(operator.target)
    assert functions(operator) == []


def test_who_goes_back_to_the_older_release_can_sign_visitors_in(shipped: Operator) -> None:
    target, caller = shipped.target, shipped.target.function(CALLER)
    write_policy(shipped, policies.app_secret(target))
    versions.keep(target, of_an_older_release(shipped))
    deployment.make_function(caller, shipped.stage, caller)
    write_policy(shipped, *policies.statements(target, policies.DOOR))
    assert shipped.types("deploy", "--previous", "--yes").exit_code == 0
    iam, role = boto3.client("iam"), f"{target.door}-api_handler"
    now = _read(iam.get_role_policy(RoleName=role, PolicyName=role)["PolicyDocument"])
    assert now["Statement"] == [policies.app_secret(target)]
    assert door_may(shipped) == set()
    transition.allow(target, functions(shipped))  # as the next deploy does
    assert door_may(shipped) >= needs(shipped)


def write_policy(operator: Operator, *statements: policies.Statement) -> None:
    """Chalice writes what the door may do."""
    role = f"{operator.target.door}-api_handler"
    document = {"Version": "2012-10-17", "Statement": statements}
    boto3.client("iam").put_role_policy(
        RoleName=role, PolicyName=role, PolicyDocument=json.dumps(document)
    )

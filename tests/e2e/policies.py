"""The policies of the stage's functions: what they allow, and life without a part of it."""

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import boto3

from ops import policies
from tests.e2e.deployment import STAGE
from tests.project import sample_project

_NAMES = {
    "api_handler": f"wechalice-{STAGE}",
    "worker": f"wechalice-{STAGE}-worker",
    "long_worker": f"wechalice-{STAGE}-long_worker",
    "wechat_caller": f"wechalice-{STAGE}-wechat_caller",
}
"""What Chalice calls the functions, and AWS."""


class Permission(NamedTuple):
    """One action that a function may do."""

    function: str
    action: str

    def __str__(self) -> str:
        return f"{self.function} {self.action}"


def permissions() -> set[Permission]:
    """All that the framework gives the stage's functions, as their policy files say it.

    But for networks, to which MiniStack attaches no function.
    """
    return {
        Permission(function, action)
        for function in _NAMES
        for statement in _policy(function)["Statement"]
        for action in statement["Action"]
        if not action.startswith("ec2:")
    }


@contextmanager
def without(*permissions: Permission) -> Iterator[None]:
    """The deployed functions, started again, may not do that within the `with` block."""
    functions = {each.function for each in permissions}
    for function in functions:
        _put(function, _reduced(function, {action for of, action in permissions if of == function}))
    try:
        yield
    finally:
        for function in functions:
            _put(function, _policy(function))


def _policy(function: str) -> Any:
    file = sample_project() / ".chalice" / policies.file_name(STAGE, function)
    return json.loads(file.read_text())


def _reduced(function: str, actions: Collection[str]) -> Any:
    policy = _policy(function)
    for statement in policy["Statement"]:
        statement["Action"] = [each for each in statement["Action"] if each not in actions]
    left = [statement for statement in policy["Statement"] if statement["Action"]]
    return {**policy, "Statement": left}


def _put(function: str, policy: Any) -> None:
    """Makes it the policy of the function's role, and starts the function again."""
    iam, lambda_ = boto3.client("iam"), boto3.client("lambda")
    name = _NAMES[function]
    configuration = lambda_.get_function_configuration(FunctionName=name)
    role = configuration["Role"].rpartition("/")[2]
    (policy_name,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
    iam.put_role_policy(RoleName=role, PolicyName=policy_name, PolicyDocument=json.dumps(policy))
    lambda_.update_function_configuration(FunctionName=name, Timeout=configuration["Timeout"])
    lambda_.get_waiter("function_updated").wait(FunctionName=name)

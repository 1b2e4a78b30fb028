"""What `doctor` finds at a stage that has been deployed, or not yet."""

from typing import Any

import boto3

from ops.policies import DOOR, NAMES, file_name
from ops.target import AT_EXIT
from tests.backends import Backend
from tests.ops.operator import Operator


def allow_functions(operator: Operator) -> None:
    """Gives them the policies of the configuration, as Chalice does."""
    for function in NAMES:
        file = operator.target.config_file.with_name(file_name(operator.stage, function))
        role = f"{operator.target.door}-{function}"
        boto3.client("iam").put_role_policy(
            RoleName=role, PolicyName=role, PolicyDocument=file.read_text()
        )


def configure_functions(operator: Operator) -> None:
    """Gives them the environment, the limits and the network that the configuration says."""
    target, lambda_ = operator.target, boto3.client("lambda")
    names = {DOOR: target.door, **{each: target.function(each) for each in AT_EXIT}}
    for function, name in names.items():
        lambda_.update_function_configuration(
            FunctionName=name,
            Environment={"Variables": target.environment},
            Timeout=target.function_setting(function, "lambda_timeout"),
            MemorySize=target.function_setting(function, "lambda_memory_size"),
        )
    for worker in AT_EXIT:
        if subnets := target.function_setting(worker, "subnet_ids"):
            groups = target.function_setting(worker, "security_group_ids")
            lambda_.update_function_configuration(
                FunctionName=target.function(worker),
                VpcConfig={"SubnetIds": subnets, "SecurityGroupIds": groups},
            )


def examine(operator: Operator, door: Backend | None = None) -> dict[str, list[dict[str, Any]]]:
    """The findings by what was checked."""
    url = door.url.removesuffix("/wechat") if door else "http://127.0.0.1:1"
    found: dict[str, list[dict[str, Any]]] = {}
    for each in operator.reads("doctor", "--url", url):
        found.setdefault(each["check"], []).append(each)
    return found


def states(operator: Operator, check: str, door: Backend | None = None) -> set[str]:
    return {each["state"] for each in examine(operator, door)[check]}

"""What `doctor` finds at a stage that has been deployed, or not yet."""

from typing import Any

import boto3

from ops.policies import NAMES, file_name
from ops.target import AT_EXIT
from tests.backends import Backend
from tests.ops import deployment
from tests.ops.operator import Operator


def deploy(operator: Operator) -> None:
    """Leaves what Chalice would."""
    deployment.make(operator.target)
    for function in NAMES:
        file = operator.target.config_file.with_name(file_name(operator.stage, function))
        role = f"{operator.target.door}-{function}"
        boto3.client("iam").put_role_policy(
            RoleName=role, PolicyName=role, PolicyDocument=file.read_text()
        )


def configure_functions(operator: Operator) -> None:
    for name in (operator.target.door, *map(operator.target.function, AT_EXIT)):
        boto3.client("lambda").update_function_configuration(
            FunctionName=name, Environment={"Variables": operator.target.environment}
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

"""The resources of the stage, created or updated by CloudFormation, as on AWS."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError, WaiterError

from ops import template
from simulator.language import Language

from .environment import STAGE
from .processes import Failed

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import WaiterConfigTypeDef

_NAME = f"wechalice-{STAGE}"
_OFTEN: "WaiterConfigTypeDef" = {"Delay": 1, "MaxAttempts": 60}


def deploy(resources: Path) -> None:
    """Creates the stack of the template, or changes what differs. Raises Failed."""
    # MiniStack takes long to read YAML.
    body = json.dumps(template.read(resources.read_text()))
    try:
        _create_or_update(body)
    except (ClientError, WaiterError) as error:
        refused = Language.of().says(
            "CloudFormation 拒绝了 {template}：{error}", template=resources, error=error
        )
        raise Failed(refused) from error


def _create_or_update(body: str) -> None:
    cloudformation = boto3.client("cloudformation")
    try:
        cloudformation.update_stack(**_stack(body))
    except ClientError as error:
        message = error.response["Error"]["Message"]
        if "No updates" in message:
            return
        if "does not exist" not in message:
            raise
        cloudformation.create_stack(**_stack(body))
        created = cloudformation.get_waiter("stack_create_complete")
        created.wait(StackName=_NAME, WaiterConfig=_OFTEN)
    else:
        updated = cloudformation.get_waiter("stack_update_complete")
        updated.wait(StackName=_NAME, WaiterConfig=_OFTEN)


def _stack(body: str) -> Any:
    """The arguments that create and update it."""
    return {
        "StackName": _NAME,
        "TemplateBody": body,
        "Parameters": [{"ParameterKey": "Stage", "ParameterValue": STAGE}],
        "Capabilities": ["CAPABILITY_AUTO_EXPAND"],  # for the template's Transform
    }

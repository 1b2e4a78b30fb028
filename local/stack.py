"""The resources of the stage, created or updated by CloudFormation, as on AWS."""

import json
import time
from pathlib import Path

from ops import template
from simulator.language import Language

from . import aws_calls
from .aws_calls import Refused
from .environment import STAGE
from .processes import Failed

_NAME = f"wechalice-{STAGE}"
_PATIENCE = 60
"""Seconds that it may take."""
_LOOK = 0.1
"""Seconds between two looks at how far it is."""


def deploy(resources: Path) -> None:
    """Creates the stack of the template, or changes what differs. Raises Failed."""
    try:
        _create_or_update(resources.read_text())
    except Refused as error:
        refused = Language.of().says(
            "CloudFormation 拒绝了 {template}：{error}", template=resources, error=error
        )
        raise Failed(refused) from error


def _create_or_update(text: str) -> None:
    body = json.dumps(template.read(text))  # MiniStack takes long to read YAML
    try:
        _begin("UpdateStack", body)
    except Refused as error:
        if "No updates" in str(error):
            return
        if "does not exist" not in str(error):
            raise
        _begin("CreateStack", body)
    _wait()


def _begin(operation: str, body: str) -> None:
    stage = {"ParameterKey": "Stage", "ParameterValue": STAGE}
    aws_calls.cloudformation(
        operation,
        StackName=_NAME,
        TemplateBody=body,
        **{f"Parameters.member.1.{name}": value for name, value in stage.items()},
        **{"Capabilities.member.1": "CAPABILITY_AUTO_EXPAND"},  # for the template's Transform
    )


def _wait() -> None:
    deadline = time.monotonic() + _PATIENCE
    while (status := _status()) not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        if not status.endswith("IN_PROGRESS") or time.monotonic() > deadline:
            raise Refused(f"the stack is {status}")
        time.sleep(_LOOK)


def _status() -> str:
    stacks = aws_calls.cloudformation("DescribeStacks", StackName=_NAME)
    return stacks.findtext(".//{*}StackStatus") or "unknown"

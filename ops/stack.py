"""A CloudFormation stack: its state, its outputs, and how it is deleted."""

import json
import time
from collections.abc import Callable, Iterator
from itertools import chain, repeat, takewhile
from typing import TYPE_CHECKING, Any, TypeAlias

import boto3
from botocore.exceptions import ClientError

from .errors import Failed, refused_as

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import StackEventTypeDef, StackTypeDef

Progress: TypeAlias = Callable[[str], None]
"""Shows a line about what is going on to whoever waits."""

HEALTHY = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE")
"""States after a change that succeeded."""
NEVER_WORKED = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED")
"""States after a creation that failed: the stack is empty, and can only be deleted."""
PLANNED = "REVIEW_IN_PROGRESS"
"""The state of a stack with a change set that was never executed."""

_BEGUN = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "IMPORT_IN_PROGRESS")


def status(stack: str) -> str | None:
    """The state of the stack in CloudFormation's words; None if there is no such stack."""
    found = _described(stack)
    return found["StackStatus"] if found else None


def stands(stack: str) -> bool:
    """Whether the stack has what it should have, and nobody is changing it."""
    found = status(stack)
    begun = found in (None, *NEVER_WORKED, PLANNED) or str(found).endswith("_IN_PROGRESS")
    return not begun


def arn(stack: str) -> str:
    """What AWS calls the stack, with partition, region and account; empty if there is none."""
    found = _described(stack)
    return found.get("StackId", "") if found else ""


def outputs(stack: str) -> dict[str, str]:
    """The outputs of the stack; empty if there is no such stack."""
    found = _described(stack)
    described = found.get("Outputs", []) if found else []
    return {each["OutputKey"]: each["OutputValue"] for each in described}


def parameters(stack: str) -> dict[str, str]:
    """The parameters of the stack; empty if there is no such stack."""
    found = _described(stack)
    described = found.get("Parameters", []) if found else []
    return {each["ParameterKey"]: each.get("ParameterValue", "") for each in described}


def resources(stack: str) -> set[str]:
    """The logical names of the stack's resources; empty if there is no such stack."""
    return {*ids(stack)}


def ids(stack: str) -> dict[str, str]:
    """What AWS calls each of the stack's resources; empty if there is no such stack."""
    if status(stack) is None:
        return {}
    pages = client().get_paginator("list_stack_resources").paginate(StackName=stack)
    return {
        each["LogicalResourceId"]: each.get("PhysicalResourceId", "")
        for page in pages
        for each in page["StackResourceSummaries"]
        if each["ResourceStatus"] != "DELETE_COMPLETE"
    }


def physical(stack: str, kind: str) -> list[str]:
    """What AWS calls the stack's resources of a kind; empty if there is no such stack."""
    if status(stack) is None:
        return []
    pages = client().get_paginator("list_stack_resources").paginate(StackName=stack)
    summaries = [each for page in pages for each in page["StackResourceSummaries"]]
    return [each["PhysicalResourceId"] for each in summaries if each["ResourceType"] == kind]


def template(stack: str) -> str | None:
    """The template from which the stack was made; None if there is no such stack."""
    if status(stack) is None:
        return None
    given = client().get_template(StackName=stack, TemplateStage="Original")
    body: Any = given["TemplateBody"]
    return body if isinstance(body, str) else json.dumps(body)


def delete(stack: str, progress: Progress) -> None:
    """Deletes the stack, except what its template retains. Raises Failed."""
    found = _described(stack)
    if found is None:
        return
    if found.get("EnableTerminationProtection"):
        client().update_termination_protection(StackName=stack, EnableTerminationProtection=False)
    client().delete_stack(StackName=stack)
    left = settled(stack, progress)
    if left is not None:
        raise Failed(
            f"CloudFormation could not delete {stack} ({left}): "
            f"{'; '.join(reasons(stack))}. Fix that and run it again."
        )


def protect(stack: str) -> None:
    """Lets nobody delete the stack by mistake; `delete` takes the protection away first."""
    found = _described(stack)
    if found and not found.get("EnableTerminationProtection"):
        client().update_termination_protection(StackName=stack, EnableTerminationProtection=True)


def settled(stack: str, progress: Progress, enough: str = "") -> str | None:
    """The state of the stack once nothing is in progress, or `enough` if it reaches that."""
    for pause in pauses():
        found = status(stack)
        if found is None or found == enough or not found.endswith("_IN_PROGRESS"):
            return found
        progress(f"{stack}: {found}")
        time.sleep(pause)
    raise AssertionError("pauses never end")


def pauses() -> Iterator[float]:
    """Seconds between looks, few at first, because an emulator is done within a second."""
    return chain((0.1, 0.2, 0.5, 1), repeat(3))


def reasons(stack: str) -> list[str]:
    """Why resources failed in the last change, in the order of their failures."""
    events = client().describe_stack_events(StackName=stack)["StackEvents"]  # newest first
    last = takewhile(lambda each: not _begins(each), events)
    failed = [each for each in last if each["ResourceStatus"].endswith("_FAILED")]
    return [
        f"{each['LogicalResourceId']}: {each.get('ResourceStatusReason', '')}"
        for each in reversed(failed)
        if "cancelled" not in each.get("ResourceStatusReason", "")
    ]


def client() -> "CloudFormationClient":
    return boto3.client("cloudformation")


def _begins(event: "StackEventTypeDef") -> bool:
    """Whether this event started a change of the whole stack."""
    begun = event["ResourceStatus"] in _BEGUN
    return begun and event["LogicalResourceId"] == event["StackName"]


def _described(stack: str) -> "StackTypeDef | None":
    try:
        found = client().describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if refused_as(error, "ValidationError") and "does not exist" in str(error):
            return None
        raise
    return found[0]

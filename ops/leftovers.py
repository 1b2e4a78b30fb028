"""Resources that a stack has left, for the next one or itself to take over, so nothing is lost.

A stack leaves them when it is deleted, and when an older release, which does not know them, is
deployed for a while.

CloudFormation refuses to create a resource that exists. It takes it over (imports it) by its
name, in a separate step that may do nothing else.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

from . import stack as stacks
from . import template as templates
from .errors import refused_as
from .target import Target

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import ResourceToImportTypeDef


def found(template: str, target: Target, stack: str) -> "list[ResourceToImportTypeDef]":
    """Resources of the template that exist, but not in the stack, as CloudFormation wants them."""
    return list(_found(template, target, stacks.resources(stack)))


def template_of(
    template: str, leftovers: "list[ResourceToImportTypeDef]", current: str | None = None
) -> str:
    """The stack's `current` template, if any, with these resources of another one.

    An import may change nothing else, and its template may refer to nothing that is not in it,
    as a queue does to a dead-letter queue that is lost. Such a property is left out, which leaves
    the resource as it is; the next change adds it again. Each resource is retained whatever
    happens to the stack.
    """
    whole = templates.read(template)
    new = {name: part for name, part in whole.items() if name != "Outputs"} | {"Resources": {}}
    base = templates.read(current) if current else new
    taken = {each["LogicalResourceId"] for each in leftovers}
    there = {*taken, *base["Resources"], *base.get("Parameters", ()), *base.get("Conditions", ())}
    resources = {name: _importable(whole["Resources"][name], there) for name in taken}
    return json.dumps({**base, "Resources": {**base["Resources"], **resources}})


def _importable(resource: Mapping[str, Any], there: Collection[str]) -> Mapping[str, Any]:
    properties = {
        name: value
        for name, value in resource["Properties"].items()
        if all(each in there or each.startswith("AWS::") for each in templates.references(value))
    }
    kept = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    return {"Type": resource["Type"], "Properties": properties, **kept}


def _found(
    template: str, target: Target, known: Collection[str]
) -> "Iterator[ResourceToImportTypeDef]":
    for logical, resource in templates.read(template)["Resources"].items():
        kind = resource["Type"]
        if kind in KINDS and logical not in known:
            named, identifier, look = KINDS[kind]
            name = templates.resolved(resource["Properties"][named], target)
            if existing := look(name):
                yield {
                    "ResourceType": kind,
                    "LogicalResourceId": logical,
                    "ResourceIdentifier": {identifier: existing},
                }


def _table(name: str) -> str | None:
    return _unless(
        "ResourceNotFoundException",
        lambda: boto3.client("dynamodb").describe_table(TableName=name)["Table"].get("TableName"),
    )


def queue(name: str) -> str | None:
    """The URL of a queue; None if there is no such queue."""
    return _unless(
        "AWS.SimpleQueueService.NonExistentQueue",
        lambda: boto3.client("sqs").get_queue_url(QueueName=name)["QueueUrl"],
    )


def log_group(name: str) -> str | None:
    """The name of a log group; None if there is no such log group."""
    answer = boto3.client("logs").describe_log_groups(logGroupNamePrefix=name)
    names = [each.get("logGroupName") for each in answer["logGroups"]]
    return name if name in names else None


def _unless(code: str, look: Callable[[], Any]) -> str | None:
    try:
        found: str = look()
    except ClientError as error:
        if refused_as(error, code):
            return None
        raise
    return found


KINDS: Mapping[str, tuple[str, str, Callable[[str], str | None]]] = {
    "AWS::DynamoDB::Table": ("TableName", "TableName", _table),
    "AWS::Logs::LogGroup": ("LogGroupName", "LogGroupName", log_group),
    "AWS::SQS::Queue": ("QueueName", "QueueUrl", queue),
}
"""By kind: its name in a template, its name for an import, and how to look for it."""

"""Resources that an earlier stack has left, for a new stack to take over, so nothing is lost.

CloudFormation refuses to create a resource that exists. It takes it over (imports it) by its
name, in a separate step that may do nothing else.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

from . import template as templates
from .errors import refused_as
from .target import Target

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import ResourceToImportTypeDef


def found(template: str, target: Target) -> "list[ResourceToImportTypeDef]":
    """The resources of the template that exist already, in the form that CloudFormation needs."""
    return list(_found(template, target))


def template_of(template: str, leftovers: "list[ResourceToImportTypeDef]") -> str:
    """The template with these resources alone, each retained whatever happens to the stack."""
    whole = templates.read(template)
    resources = {
        each["LogicalResourceId"]: {
            **whole["Resources"][each["LogicalResourceId"]],
            "DeletionPolicy": "Retain",
            "UpdateReplacePolicy": "Retain",
        }
        for each in leftovers
    }
    parts = {name: part for name, part in whole.items() if name != "Outputs"}
    return json.dumps({**parts, "Resources": resources})


def _found(template: str, target: Target) -> "Iterator[ResourceToImportTypeDef]":
    for logical, resource in templates.read(template)["Resources"].items():
        kind = resource["Type"]
        if kind in _KINDS:
            named, identifier, look = _KINDS[kind]
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


def _queue(name: str) -> str | None:
    return _unless(
        "AWS.SimpleQueueService.NonExistentQueue",
        lambda: boto3.client("sqs").get_queue_url(QueueName=name)["QueueUrl"],
    )


def _log_group(name: str) -> str | None:
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


_KINDS: Mapping[str, tuple[str, str, Callable[[str], str | None]]] = {
    "AWS::DynamoDB::Table": ("TableName", "TableName", _table),
    "AWS::Logs::LogGroup": ("LogGroupName", "LogGroupName", _log_group),
    "AWS::SQS::Queue": ("QueueName", "QueueUrl", _queue),
}
"""By kind: its name in a template, its name for an import, and how to look for it."""

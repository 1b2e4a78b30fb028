"""What an earlier stack has left, so that nothing is lost, and a new one takes over.

CloudFormation would refuse to make what is there already. It takes it over when it is told by
name, in a step of its own that may do nothing else.
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
    """Those resources of the template that are there, as CloudFormation wants to be told."""
    return list(_found(template, target))


def template_of(template: str, leftovers: "list[ResourceToImportTypeDef]") -> str:
    """The template with nothing but those, each kept whatever becomes of the stack."""
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
            if there := look(name):
                yield {
                    "ResourceType": kind,
                    "LogicalResourceId": logical,
                    "ResourceIdentifier": {identifier: there},
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
    there = [each.get("logGroupName") for each in answer["logGroups"]]
    return name if name in there else None


def _unless(code: str, look: Callable[[], Any]) -> str | None:
    try:
        there: str = look()
    except ClientError as error:
        if refused_as(error, code):
            return None
        raise
    return there


_KINDS: Mapping[str, tuple[str, str, Callable[[str], str | None]]] = {
    "AWS::DynamoDB::Table": ("TableName", "TableName", _table),
    "AWS::Logs::LogGroup": ("LogGroupName", "LogGroupName", _log_group),
    "AWS::SQS::Queue": ("QueueName", "QueueUrl", _queue),
}
"""How each kind is named in a template, and how CloudFormation wants it named."""

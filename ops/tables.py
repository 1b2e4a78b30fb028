"""Restores settings of the tables, time to live and backups, to what the template says.

CloudFormation compares a template with the last template, not with the table, so what somebody
has switched off would stay off.
"""

from collections.abc import Iterator
from typing import Any

import boto3
from botocore.exceptions import ClientError

from . import template as templates
from .errors import refused_as
from .target import Target


def restore(template: str, target: Target) -> list[str]:
    """Switches on what is off, and returns a description of each change."""
    restored = [words for table in _tables(template) for words in _restored(table, target)]
    for name in without_backups(template, target):
        boto3.client("dynamodb").update_continuous_backups(
            TableName=name,
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
        )
        restored.append(f"point-in-time recovery of {name}")
    return restored


def without_backups(template: str, target: Target) -> list[str]:
    """The tables that could not be restored to a point in time, and should be."""
    return [
        name
        for table in _tables(template)
        if templates.resolved(_recovery(table), target)
        and _has_no_backups(name := templates.resolved(table["TableName"], target))
    ]


def _recovery(table: dict[str, Any]) -> Any:
    return table.get("PointInTimeRecoverySpecification", {}).get("PointInTimeRecoveryEnabled")


def _has_no_backups(name: str) -> bool:
    try:
        answer = boto3.client("dynamodb").describe_continuous_backups(TableName=name)
    except ClientError as error:
        if refused_as(error, "TableNotFoundException", "ResourceNotFoundException"):
            return False  # there is no table
        raise
    found = answer["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    return found["PointInTimeRecoveryStatus"] == "DISABLED"


def _tables(template: str) -> Iterator[dict[str, Any]]:
    for resource in templates.read(template)["Resources"].values():
        if resource["Type"] == "AWS::DynamoDB::Table":
            yield resource["Properties"]


def _restored(table: dict[str, Any], target: Target) -> Iterator[str]:
    dynamodb, name = boto3.client("dynamodb"), templates.resolved(table["TableName"], target)
    if wanted := table.get("TimeToLiveSpecification"):
        found = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
        if found.get("TimeToLiveStatus") == "DISABLED":
            dynamodb.update_time_to_live(
                TableName=name,
                TimeToLiveSpecification={
                    "Enabled": True,
                    "AttributeName": wanted["AttributeName"],
                },
            )
            yield f"time to live of {name}"

"""What a template says of its tables besides their keys, made true again.

CloudFormation compares a template with the last one, not with the table: time to live or backups
that somebody switched off would stay off.
"""

from collections.abc import Iterator
from typing import Any

import boto3

from . import template as templates
from .target import Target


def restore(template: str, target: Target) -> list[str]:
    """Switches on what is off, and returns a few words for each."""
    return [words for table in _tables(template) for words in _restored(table, target)]


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
    recovery = table.get("PointInTimeRecoverySpecification", {})
    if templates.resolved(recovery.get("PointInTimeRecoveryEnabled"), target):
        backups = dynamodb.describe_continuous_backups(TableName=name)
        found_backups = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
        if found_backups["PointInTimeRecoveryStatus"] == "DISABLED":
            dynamodb.update_continuous_backups(
                TableName=name,
                PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
            )
            yield f"point-in-time recovery of {name}"

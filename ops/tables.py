"""Restores settings of the tables, time to live and backups, to what the template says.

CloudFormation compares a template with the last template, not with the table, so what somebody
has switched off would stay off.
"""

from collections.abc import Iterator
from typing import Any

import boto3

from . import template as templates
from .target import Target


def restore(template: str, target: Target) -> list[str]:
    """Switches on what is off, and returns a description of each change."""
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

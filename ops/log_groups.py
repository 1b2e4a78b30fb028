"""How long logs are kept, which the template says and somebody may have changed by hand."""

from collections.abc import Iterator
from typing import NamedTuple

import boto3

from . import template as templates
from .target import Target


class Changed(NamedTuple):
    """A log group, for how many days it should be kept, and for how many it is (None: for ever)."""

    name: str
    wanted: int
    found: int | None


def changed(template: str, target: Target) -> Iterator[Changed]:
    """The log groups that are kept shorter or longer than the template says."""
    logs = boto3.client("logs")
    for resource in templates.read(template)["Resources"].values():
        if resource["Type"] == "AWS::Logs::LogGroup":
            name, wanted = (
                templates.resolved(resource["Properties"][each], target)
                for each in ("LogGroupName", "RetentionInDays")
            )
            answer = logs.describe_log_groups(logGroupNamePrefix=name)
            for group in answer["logGroups"]:
                found = group.get("retentionInDays")
                if group.get("logGroupName") == name and found != wanted:
                    yield Changed(name, wanted, found)


def restore(template: str, target: Target) -> list[str]:
    """Sets what differs, and returns a description of each change."""
    found = [*changed(template, target)]
    for each in found:
        boto3.client("logs").put_retention_policy(
            logGroupName=each.name, retentionInDays=each.wanted
        )
    return [f"{each.wanted} days of {each.name}" for each in found]

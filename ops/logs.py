"""Our JSON lines, as CloudWatch keeps them for the door and the worker."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import ClientError

from .errors import refused_as
from .target import Target


@dataclass(frozen=True, slots=True)
class Line:
    """One line; `time` in epoch milliseconds, and `event` tells it apart from every other."""

    time: int
    event: str
    text: str

    @property
    def fields(self) -> dict[str, Any]:
        """What one of ours says; of any other line, nothing."""
        try:
            fields = json.loads(self.text)
        except ValueError:
            return {}
        return fields if isinstance(fields, dict) else {}


def groups(target: Target) -> tuple[str, str]:
    """The log groups of the door and the worker."""
    return f"/aws/lambda/{target.door}", f"/aws/lambda/{target.worker}"


def lines(group: str, pattern: str, since: float) -> Iterator[Line]:
    """What a group has `since` (epoch seconds) that fits CloudWatch's `pattern`, oldest first.

    A pattern may let too much through, where an emulator does not know it all.
    """
    pages = boto3.client("logs").get_paginator("filter_log_events")
    try:
        for page in pages.paginate(
            logGroupName=group, filterPattern=pattern, startTime=int(since * 1000)
        ):
            for each in page["events"]:
                yield Line(each["timestamp"], each["eventId"], each["message"].rstrip())
    except ClientError as error:
        if not refused_as(error, "ResourceNotFoundException"):
            raise


def of_push(target: Target, identity: str, since: float) -> list[Line]:
    """All that door and worker say of a push whose identity begins so, oldest first."""
    pattern = f'{{ $.identity = "{identity}*" }}'
    found = [
        line
        for group in groups(target)
        for line in lines(group, pattern, since)
        if str(line.fields.get("identity", "")).startswith(identity)
    ]
    return sorted(found, key=lambda line: line.time)

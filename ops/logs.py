"""The JSON log lines of the framework's functions in CloudWatch."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import ClientError

from . import leftovers
from .errors import refused_as
from .target import AT_EXIT, Target

_OURS = {"time", "level", "event", "Stage"}
"""What each of our lines has. A team may write JSON of its own, also of level ERROR."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `time` in epoch milliseconds, and `event`, the id that no other line has."""

    time: int
    event: str
    text: str

    @property
    def fields(self) -> dict[str, Any]:
        """The fields of one of our lines; empty for any other line."""
        try:
            fields = json.loads(self.text)
        except ValueError:
            return {}
        return fields if isinstance(fields, dict) and fields.keys() >= _OURS else {}


def groups(target: Target) -> tuple[str, ...]:
    """The log groups of the door, the workers and the caller."""
    functions = (target.door, *map(target.function, AT_EXIT))
    return tuple(f"/aws/lambda/{function}" for function in functions)


def missing(target: Target) -> list[str]:
    """The log groups that are not there: before the first `up`, or deleted by hand."""
    return [each for each in groups(target) if not leftovers.log_group(each)]


def lines(group: str, pattern: str, since: float) -> Iterator[Line]:
    """The lines of a group `since` (epoch seconds) that match CloudWatch's `pattern`, oldest first.

    An emulator may return more lines, because it does not know every pattern.
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


def ours(target: Target, identity: str, since: float) -> list[Line]:
    """Our lines about pushes whose identity begins so, all if it is empty; oldest first."""
    wanted = f'$.identity = "{identity}*"' if identity else f'$.Stage = "{target.stage}"'
    found = [
        line
        for group in groups(target)
        for line in lines(group, f"{{ {wanted} }}", since)
        if line.fields and str(line.fields.get("identity", "")).startswith(identity)
    ]
    return sorted(found, key=lambda line: line.time)

"""The event sources by which the workers get their jobs from the queues."""

import time
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

import boto3

from . import stack
from .errors import Failed
from .target import JobQueue, Target

if TYPE_CHECKING:
    from mypy_boto3_lambda.type_defs import EventSourceMappingConfigurationTypeDef as EventSource

ENABLED, DISABLED = "Enabled", "Disabled"
_LOOKS = 60
"""How often to look at one that is changing: for about three minutes."""


def listed() -> "Iterator[EventSource]":
    """All of the account and region, also those whose function was deleted."""
    pages = boto3.client("lambda").get_paginator("list_event_source_mappings").paginate()
    return (each for page in pages for each in page["EventSourceMappings"])


def of(target: Target) -> "Iterator[tuple[JobQueue, EventSource | None]]":
    """Each queue of jobs, and what brings them to its worker, if anything does."""
    known = {_ends(each): each for each in listed()}
    for queue in target.queues:
        yield queue, known.get((queue.name, target.function(queue.worker)))


def enable(target: Target) -> Iterator[str]:
    """Switches on what somebody has switched off, and tells the function. Raises Failed."""
    for queue, found in of(target):
        if found and _settled(found["UUID"]) == DISABLED:
            boto3.client("lambda").update_event_source_mapping(UUID=found["UUID"], Enabled=True)
            yield target.function(queue.worker)


def _ends(source: "EventSource") -> tuple[str, str]:
    """The names of the queue and the function that it connects."""
    queue = source.get("EventSourceArn", "").rpartition(":")[2]
    return queue, source["FunctionArn"].rpartition(":function:")[2]


def _settled(uuid: str) -> str:
    """The state of an event source once it is on or off; AWS changes nothing meanwhile."""
    for pause in islice(stack.pauses(), _LOOKS):
        state = boto3.client("lambda").get_event_source_mapping(UUID=uuid)["State"]
        if state in (ENABLED, DISABLED):
            return state
        time.sleep(pause)
    raise Failed(f"The event source {uuid} is still {state}: wait a few minutes, and run it again.")

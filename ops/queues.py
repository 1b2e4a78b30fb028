"""Restores settings of the queues to what the template says, as `tables.py` does for tables."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import boto3

from . import template as templates
from .target import Target

_PLAIN = ("VisibilityTimeout", "MessageRetentionPeriod")


def visibility(template: str, target: Target) -> dict[str, int]:
    """Seconds after which a job comes again whose worker was killed, by the name of its queue."""
    queues = (each["Properties"] for each in templates.read(template)["Resources"].values())
    return {
        templates.resolved(each["QueueName"], target): each["VisibilityTimeout"]
        for each in queues
        if "VisibilityTimeout" in each
    }


def restore(template: str, target: Target) -> list[str]:
    """Sets what differs, and returns a description of each change."""
    whole = templates.read(template)["Resources"]
    queues = {
        logical: each["Properties"]
        for logical, each in whole.items()
        if each["Type"] == "AWS::SQS::Queue"
    }
    return [words for each in queues.values() for words in _restored(each, queues, target)]


def _restored(queue: Mapping[str, Any], queues: Mapping[str, Any], target: Target) -> Iterator[str]:
    sqs, name = boto3.client("sqs"), templates.resolved(queue["QueueName"], target)
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    found: Mapping[str, str] = {str(key): value for key, value in answer["Attributes"].items()}
    wanted = {key: str(queue[key]) for key in _PLAIN if key in queue}
    if policy := queue.get("RedrivePolicy"):
        dead = queues[policy["deadLetterTargetArn"]["Fn::GetAtt"][0]]["QueueName"]
        home, _, _ = found["QueueArn"].rpartition(":")
        arn = f"{home}:{templates.resolved(dead, target)}"
        redrive = {"deadLetterTargetArn": arn, "maxReceiveCount": policy["maxReceiveCount"]}
        if not _same(redrive, json.loads(found.get("RedrivePolicy") or "{}")):
            wanted["RedrivePolicy"] = json.dumps(redrive)
    changed = {key: value for key, value in wanted.items() if found.get(key) != value}
    if changed:
        sqs.set_queue_attributes(QueueUrl=url, Attributes=changed)  # type: ignore[arg-type]
        yield f"{', '.join(changed)} of {name}"


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """AWS tells a number as a number or as text."""
    return {key: str(each) for key, each in one.items()} == {
        key: str(other.get(key)) for key in one
    }

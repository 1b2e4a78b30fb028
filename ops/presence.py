"""Whether what a template describes is on AWS, whatever CloudFormation believes.

CloudFormation compares a template with the last template, so it never misses what somebody has
deleted by hand.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

import boto3
from botocore.exceptions import ClientError

from . import leftovers, network_presence, stack, template
from .errors import refused_as
from .target import Target


class Resource(NamedTuple):
    """A resource of a template; `name` is its name or id on AWS, empty if it never had one."""

    kind: str
    logical: str
    name: str


def standing(target: Target) -> Iterator[tuple[str, str]]:
    """The template of each stack of the stage that stands, and the stack's name. Raises Failed."""
    for file, name in (
        (template.RESOURCES, target.stack),
        (template.FIXED_EXIT, target.exit_stack),
    ):
        if stack.stands(name):
            yield file.read_text(), name


def gone(text: str, target: Target, stack_name: str) -> list[Resource]:
    """What the template `text` describes and AWS does not have. Raises Failed."""
    by_kind = attrgetter("kind")
    wanted = groupby(sorted(described(text, target, stack_name), key=by_kind), by_kind)
    return [each for kind, group in wanted for each in _absent(kind, list(group))]


def described(text: str, target: Target, stack_name: str) -> Iterator[Resource]:
    """The resources of the template, without those that it makes only under conditions."""
    known = stack.ids(stack_name)
    resources = template.read(text)["Resources"]
    for logical, resource in resources.items():
        if "Condition" not in resource or logical in known:
            kind, properties = resource["Type"], resource.get("Properties", {})
            if kind in _NAMED:
                name = template.resolved(properties[_NAMED[kind]], target)
            elif kind == _QUEUE_POLICY:
                (queue,) = properties["Queues"]
                named = resources[queue["Ref"]]["Properties"]["QueueName"]
                name = template.resolved(named, target)
            else:
                name = network_presence.name(kind, properties, known, known.get(logical, ""))
            yield Resource(kind, logical, name)


def names(text: str, target: Target) -> dict[str, str]:
    """What AWS calls the resources whose name the template says, by their logical names."""
    return {
        logical: template.resolved(each["Properties"][_NAMED[each["Type"]]], target)
        for logical, each in template.read(text)["Resources"].items()
        if each["Type"] in _NAMED
    }


def _absent(kind: str, wanted: Sequence[Resource]) -> Iterator[Resource]:
    named = [each.name for each in wanted if each.name]
    if kind in _ONE_BY_ONE:
        found = {name for name in named if _ONE_BY_ONE[kind](name)}
    elif kind in _BY_NAMES:
        found = _BY_NAMES[kind](named)
    else:
        found = network_presence.among(kind, named)
    yield from (each for each in wanted if each.name not in found)


def _alarms(names: Sequence[str]) -> set[str]:
    answer = boto3.client("cloudwatch").describe_alarms(AlarmNames=names, MaxRecords=100)
    return {each["AlarmName"] for each in answer["MetricAlarms"]}


def _dashboards(names: Sequence[str]) -> set[str]:
    answer = boto3.client("cloudwatch").list_dashboards(DashboardNamePrefix=names[0])
    return {each["DashboardName"] for each in answer["DashboardEntries"]}


def _topic(arn: str) -> bool:
    sns = boto3.client("sns")
    return _found(lambda: sns.get_topic_attributes(TopicArn=arn), *_NOT_FOUND)


def _subscription(arn: str) -> bool:
    if not arn.startswith("arn:"):
        return True  # as long as nobody has confirmed it, it may have no ARN
    sns = boto3.client("sns")
    return _found(lambda: sns.get_subscription_attributes(SubscriptionArn=arn), *_NOT_FOUND)


def _queue_policy(queue: str) -> bool:
    """Whether a queue has one, which has no name of its own."""
    _, _, look = leftovers.KINDS["AWS::SQS::Queue"]
    url = look(queue)
    if url is None:
        return False
    sqs = boto3.client("sqs")
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])
    return "Policy" in found.get("Attributes", {})


def _found(look: Callable[[], object], *codes: str) -> bool:
    try:
        look()
    except ClientError as error:
        if refused_as(error, *codes):
            return False
        raise
    return True


_NOT_FOUND = ("NotFound", "NotFoundException")
_ALARM = "AWS::CloudWatch::Alarm"
_DASHBOARD = "AWS::CloudWatch::Dashboard"
_QUEUE_POLICY = "AWS::SQS::QueuePolicy"
_NAMED = {
    _ALARM: "AlarmName",
    _DASHBOARD: "DashboardName",
    **{kind: each[0] for kind, each in leftovers.KINDS.items()},
}
"""The property that is the resource's name on AWS."""
_BY_NAMES = {_ALARM: _alarms, _DASHBOARD: _dashboards}
"""How to look for all of a kind at once."""
_ONE_BY_ONE: Mapping[str, Callable[[str], object]] = {
    "AWS::SNS::Subscription": _subscription,
    "AWS::SNS::Topic": _topic,
    _QUEUE_POLICY: _queue_policy,
    **{kind: each[2] for kind, each in leftovers.KINDS.items()},
}
"""How to look for one of a kind; what it gives is true if it is there."""

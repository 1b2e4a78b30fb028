"""What somebody has deleted by hand from a stack, and how it is made again.

CloudFormation believes that it is there. So the stack forgets it first, and then gets it like
anything new.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from . import changes, presence, stack, template
from .presence import Resource
from .stack import Progress
from .target import Target

_QUEUE = "AWS::SQS::Queue"
_QUEUE_POLICY = "AWS::SQS::QueuePolicy"
_WITH = {
    "State": "which pushes were answered, conversations, and answers that waited",
    "Profiles": "the profiles of users; AWS keeps a backup of the table for 35 days (see Backup "
    "and restore in docs/operations.md)",
    "Jobs": "the jobs that waited",
    "LongJobs": "the jobs of long routes that waited",
    "DeadJobs": "the dead letters",
    "DeadLongJobs": "the dead letters of long routes",
    "DoorLogs": "the lines of the door",
    "WorkerLogs": "the lines of the worker",
    "LongWorkerLogs": "the lines of the long worker",
    "CallerLogs": "the lines of wechat_caller",
    "Alarms": "who gets alarms; AWS asks the address to confirm again",
    "Address": "the address on WeChat's IP whitelist; put the new one there",
}
"""What is lost with a resource, whatever takes its place."""


def found(text: str, target: Target, stack_name: str) -> list[Resource]:
    """Resources of a template that CloudFormation believes to be there. Raises Failed."""
    known = stack.ids(stack_name)
    gone = presence.gone(text, target, stack_name) if known else []
    return [each for each in gone if each.logical in known]


def told(lost: Resource, *, made: bool) -> str:
    """What is not there, and what is lost with it if the stack had `made` it."""
    kind = lost.kind.rpartition("::")[2]
    if not made:
        return f"there is no {lost.name or lost.logical} ({kind})"
    if lost.kind == _QUEUE_POLICY:
        return f"the policy of {lost.name} is gone ({kind})"
    gone = f"{lost.name or lost.logical} is gone ({kind})"
    return f"{gone}; lost with it: {_WITH[lost.logical]}" if lost.logical in _WITH else gone


def forget(stack_name: str, lost: Sequence[Resource], progress: Progress) -> None:
    """Takes what is gone out of the stack, and changes nothing else. Raises Failed."""
    known = stack.ids(stack_name)
    if {*known} == {each.logical for each in lost}:
        stack.delete(stack_name, progress)
        return
    current = stack.template(stack_name) or ""
    rest = without(current, lost, known, stack.arn(stack_name))
    if planned := changes.plan(stack_name, rest, {}):
        changes.apply(planned, progress)


def without(text: str, lost: Sequence[Resource], known: Mapping[str, str], stack_arn: str) -> str:
    """A template without these resources. What refers to them says what they were called."""
    values: dict[str, dict[str, str]] = {}
    for each in lost:
        values[each.logical] = {"Ref": known[each.logical]}
        if each.kind == _QUEUE:
            home = ":".join(stack_arn.split(":")[3:5])
            partition = stack_arn.split(":")[1]
            arn = f"arn:{partition}:sqs:{home}:{each.name}"
            values[each.logical] |= {"Arn": arn, "QueueName": each.name}
    whole = template.read(text)
    rest = {name: each for name, each in whole["Resources"].items() if name not in values}
    return json.dumps(_said({**whole, "Resources": rest}, values))


def _said(value: Any, values: Mapping[str, Mapping[str, str]]) -> Any:
    match value:
        case {"Ref": str(name)} if name in values:
            return values[name]["Ref"]
        case {"Fn::GetAtt": [str(name), str(attribute)]} if name in values:
            return values[name].get(attribute, values[name]["Ref"])
        case dict():
            return {
                key: _said(each, values)
                for key, each in value.items()
                if key != "DependsOn" or each not in values
            }
        case list():
            return [_said(each, values) for each in value]
        case _:
            return value

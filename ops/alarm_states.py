"""Which alarms of a stage are on."""

from collections.abc import Mapping

import boto3

from . import stack
from .target import Target

_AT_ONCE = 100
"""The names that CloudWatch takes in one call."""


def on(target: Target) -> Mapping[str, str]:
    """What CloudWatch says of each alarm of the stage that is on, by name."""
    names = stack.physical(target.stack, "AWS::CloudWatch::Alarm")
    cloudwatch, found = boto3.client("cloudwatch"), dict[str, str]()
    for begin in range(0, len(names), _AT_ONCE):
        answer = cloudwatch.describe_alarms(
            AlarmNames=names[begin : begin + _AT_ONCE], StateValue="ALARM"
        )
        found |= {each["AlarmName"]: each["StateReason"] for each in answer["MetricAlarms"]}
    return found

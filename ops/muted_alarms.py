"""Alarms whose actions somebody has switched off, for example during maintenance."""

import boto3

from . import template as templates
from .target import Target


def found(template: str, target: Target) -> list[str]:
    """Those of the template that tell nobody when they go on."""
    names = [
        templates.resolved(each["Properties"]["AlarmName"], target)
        for each in templates.read(template)["Resources"].values()
        if each["Type"] == "AWS::CloudWatch::Alarm"
    ]
    answer = boto3.client("cloudwatch").describe_alarms(AlarmNames=names, MaxRecords=100)
    return [each["AlarmName"] for each in answer["MetricAlarms"] if not each["ActionsEnabled"]]


def restore(template: str, target: Target) -> list[str]:
    """Switches their actions on, and returns a description of each change."""
    names = found(template, target)
    if names:
        boto3.client("cloudwatch").enable_alarm_actions(AlarmNames=names)
    return [f"actions of {name}" for name in names]

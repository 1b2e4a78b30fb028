"""Where the dashboard of a stage is, in AWS's console."""

import boto3

from .errors import EXPECTED
from .region import region
from .target import Target

_CONSOLES = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}


def is_there(target: Target) -> bool:
    """Whether `up` has made it, and whoever asks may see that."""
    try:
        found = boto3.client("cloudwatch").list_dashboards(DashboardNamePrefix=target.stack)
    except EXPECTED:
        return False
    return target.stack in {each["DashboardName"] for each in found["DashboardEntries"]}


def address(target: Target) -> str:
    """The address of the page that shows it."""
    there = region()
    console = _CONSOLES[boto3.client("ssm").meta.partition]
    place = f"{console}/cloudwatch/home?region={there}"
    return f"https://{there}.{place}#dashboards/dashboard/{target.stack}"

"""The AWS region that commands use."""

import boto3


def region() -> str:
    """The region in use. A missing parameter or queue may be in another one."""
    return str(boto3.client("ssm").meta.region_name)

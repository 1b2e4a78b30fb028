"""Where on AWS the operator is."""

import boto3


def region() -> str:
    """The region that is asked. A parameter or queue that is missing may be in another one."""
    return str(boto3.client("ssm").meta.region_name)

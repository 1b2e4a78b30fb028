"""The AWS account that a stage is pinned to: `"account": "123456789012"` in its configuration."""

import re

import boto3

from . import local_run
from .errors import Failed
from .target import Target


def check(target: Target) -> None:
    """Raises Failed if the stage is pinned to another account than the credentials are of."""
    pinned = target.stage_config.get("account")
    if pinned is None or local_run.addresses(target.project):
        return
    if not isinstance(pinned, str) or not re.fullmatch("[0-9]{12}", pinned):
        raise Failed(
            f'{target.config_file}: "account" of {target.stage} is {pinned!r}, which is no AWS '
            'account. Write its twelve digits in quotes: "account": "123456789012".'
        )
    found = boto3.client("sts").get_caller_identity()
    if found["Account"] != pinned:
        raise Failed(
            f"{target.stage} belongs to the AWS account {pinned}, and these credentials to "
            f"{found['Account']} ({found['Arn']}). Nothing was done. Set AWS_PROFILE to one of "
            f'{pinned}, or correct "account" in {target.config_file}.'
        )

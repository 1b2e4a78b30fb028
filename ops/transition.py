"""What the door may do while a deploy goes on and two releases are at work.

Until 1.2.0 the door read the app secret and called WeChat itself; now it asks wechat_caller. A
deploy changes permissions before code, and IAM spreads them within seconds. So that visitors can
sign in meanwhile, the door's role gets a second policy, with what either release needs.
"""

import json
from collections.abc import Collection

import boto3
from botocore.exceptions import ClientError

from . import kept_policies, policies
from .errors import refused_as
from .target import CALLER, Target


def allow(target: Target, before: Collection[str]) -> None:
    """Lets the door do what either release needs, if one that reads the secret is at work.

    That is so after `deploy --previous`, too, although the caller is there then.
    """
    if target.function(CALLER) not in before or _reads_secret(target):
        with_secret = [*policies.statements(target, policies.DOOR), policies.app_secret(target)]
        document = {"Version": "2012-10-17", "Statement": with_secret}
        try:
            boto3.client("iam").put_role_policy(
                **_policy(target), PolicyDocument=json.dumps(document)
            )
        except ClientError as error:
            if not refused_as(error, "NoSuchEntity"):  # a stage that was never deployed
                raise


def withdraw(target: Target) -> None:
    """Takes that back."""
    try:
        boto3.client("iam").delete_role_policy(**_policy(target))
    except ClientError as error:
        if not refused_as(error, "NoSuchEntity"):
            raise


def _reads_secret(target: Target) -> bool:
    (secret,) = policies.app_secret(target)["Resource"]
    return secret in json.dumps(kept_policies.current(target, _policy(target)["RoleName"]))


def _policy(target: Target) -> dict[str, str]:
    role = f"{target.door}-{policies.DOOR}"
    return {"RoleName": role, "PolicyName": f"{role}-of-two-releases"}

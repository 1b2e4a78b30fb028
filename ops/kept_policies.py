"""What a function's role could do when a version of the function was published.

A version has code and settings. A later deploy may have taken from the role what that code needs,
so `versions` keeps the policy of Chalice's role beside it, in SSM.
"""

import json
from typing import Any

import boto3
from botocore.exceptions import ClientError

from .errors import refused_as
from .target import Target


def keep(target: Target, function: str, role: str, version: str) -> None:
    """Keeps the policy of a role, if it is one of the stage's own."""
    if document := _current(target, role):
        boto3.client("ssm").put_parameter(
            Name=_name(target, function, version),
            Value=json.dumps(document, separators=(",", ":")),
            Type="String",
            Tier="Intelligent-Tiering",
            Overwrite=True,
        )


def put_back(target: Target, function: str, role: str, version: str) -> None:
    """Gives a role the policy of that version, beside its present one until `settle`.

    IAM changes before the code does, and the code that still runs needs its own permissions.
    """
    name = _name(target, function, version)
    kept = boto3.client("ssm").get_parameters(Names=[name])["Parameters"]
    now = _current(target, role)
    if not kept or now is None or json.loads(kept[0]["Value"]) == now:
        return
    iam = boto3.client("iam")
    if _beside(role) not in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        iam.put_role_policy(RoleName=role, PolicyName=_beside(role), PolicyDocument=json.dumps(now))
    iam.put_role_policy(RoleName=role, PolicyName=role, PolicyDocument=kept[0]["Value"])


def settle(target: Target, role: str) -> None:
    """Leaves a role of the stage with one policy."""
    if not _is_ours(target, role):
        return
    try:
        boto3.client("iam").delete_role_policy(RoleName=role, PolicyName=_beside(role))
    except ClientError as error:
        if not refused_as(error, "NoSuchEntity"):
            raise


def forget(target: Target, function: str, version: str) -> None:
    _delete(_name(target, function, version))


def forget_all(target: Target) -> None:
    pages = boto3.client("ssm").get_paginator("get_parameters_by_path")
    for page in pages.paginate(Path=_folder(target), Recursive=True):
        for each in page["Parameters"]:
            _delete(each["Name"])


def _delete(name: str) -> None:
    try:
        boto3.client("ssm").delete_parameter(Name=name)
    except ClientError as error:
        if not refused_as(error, "ParameterNotFound"):
            raise


def _current(target: Target, role: str) -> dict[str, Any] | None:
    """The policy that Chalice has written into a role; None if there is none."""
    if not _is_ours(target, role):
        return None
    try:
        found = boto3.client("iam").get_role_policy(RoleName=role, PolicyName=role)
    except ClientError as error:
        if refused_as(error, "NoSuchEntity"):
            return None
        raise
    document: Any = found["PolicyDocument"]
    return dict(document)


def _is_ours(target: Target, role: str) -> bool:
    """Whether Chalice makes this role; a function of the team's may have another one."""
    return role.startswith(f"{target.door}-")


def _folder(target: Target) -> str:
    return f"{target.settings.parameter_path}/policies"


def _name(target: Target, function: str, version: str) -> str:
    return f"{_folder(target)}/{function}/{version}"


def _beside(role: str) -> str:
    """The name that `transition` uses, too: a permission more, for as long as a change takes."""
    return f"{role}-of-two-releases"

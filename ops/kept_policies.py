"""What a function's role could do when a version of the function was published.

A version has code and settings. A later deploy may have taken from the role what that code needs,
so `versions` keeps the policy of Chalice's role in SSM, by function and alias. Not by version,
because AWS publishes no new one when only the policy has changed.
"""

import json
from typing import Any

import boto3
from botocore.exceptions import ClientError

from .errors import refused_as
from .target import Target


def keep(target: Target, function: str, role: str, alias: str) -> None:
    """Keeps the policy of a role, if it is one of the stage's own."""
    if document := current(target, role):
        _write(_name(target, function, alias), json.dumps(document, separators=(",", ":")))


def copy(target: Target, function: str, alias: str, to: str) -> None:
    """Keeps for an alias what is kept for another one."""
    if kept := _kept(_name(target, function, alias)):
        _write(_name(target, function, to), kept)
    else:
        forget(target, function, to)


def differs(target: Target, function: str, role: str, alias: str) -> bool:
    """Whether a role may do something else now than what is kept."""
    kept, now = _kept(_name(target, function, alias)), current(target, role)
    return kept is not None and now is not None and json.loads(kept) != now


def put_back(target: Target, function: str, role: str, alias: str) -> None:
    """Gives a role the policy that is kept, beside its present one until `settle`.

    IAM changes before the code does, and the code that still runs needs its own permissions.
    """
    kept, now = _kept(_name(target, function, alias)), current(target, role)
    if kept is None or now is None or json.loads(kept) == now:
        return
    iam = boto3.client("iam")
    if _beside(role) not in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        iam.put_role_policy(RoleName=role, PolicyName=_beside(role), PolicyDocument=json.dumps(now))
    iam.put_role_policy(RoleName=role, PolicyName=role, PolicyDocument=kept)


def settle(target: Target, role: str) -> None:
    """Leaves a role of the stage with one policy."""
    if not _is_ours(target, role):
        return
    try:
        boto3.client("iam").delete_role_policy(RoleName=role, PolicyName=_beside(role))
    except ClientError as error:
        if not refused_as(error, "NoSuchEntity"):
            raise


def forget(target: Target, function: str, alias: str) -> None:
    _delete(_name(target, function, alias))


def forget_all(target: Target) -> None:
    pages = boto3.client("ssm").get_paginator("get_parameters_by_path")
    for page in pages.paginate(Path=_folder(target), Recursive=True):
        for each in page["Parameters"]:
            _delete(each["Name"])


def _kept(name: str) -> str | None:
    found = boto3.client("ssm").get_parameters(Names=[name])["Parameters"]
    return found[0]["Value"] if found else None


def _write(name: str, document: str) -> None:
    boto3.client("ssm").put_parameter(
        Name=name, Value=document, Type="String", Tier="Intelligent-Tiering", Overwrite=True
    )


def _delete(name: str) -> None:
    try:
        boto3.client("ssm").delete_parameter(Name=name)
    except ClientError as error:
        if not refused_as(error, "ParameterNotFound"):
            raise


def current(target: Target, role: str) -> dict[str, Any] | None:
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


def _name(target: Target, function: str, alias: str) -> str:
    return f"{_folder(target)}/{function}/{alias}"


def _beside(role: str) -> str:
    """The name that `transition` uses, too: a permission more, for as long as a change takes."""
    return f"{role}-of-two-releases"

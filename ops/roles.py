"""The roles of functions, which all regions of an account share.

Chalice names a role by its stage and function, so a stage that is in two regions has its roles
once. A role's tags say which regions use it. Chalice deletes what stands in its file, so a role
that another region uses is left out of it.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

import boto3
from botocore.exceptions import ClientError

from . import deployed, regions, terminal
from .deployed import Resource
from .errors import Failed, refused_as, sentence
from .region import region
from .target import Target

Users: TypeAlias = dict[str, set[str]]
"""Regions by the name of the role that they use."""

_TAG = "wechalice:region:"
_DENIED = ("AccessDenied", "AccessDeniedException")


def claim(target: Target) -> Collection[str]:
    """Tags the roles there are before a deploy, and returns their names.

    Roles without a tag are of an older release; whoever else uses them is tagged, too.
    """
    found = deployed.resources(target)
    names, users = _names(found), Users()
    with _refusals_noted(target):
        users = _users(names)
        for name in names:
            _tag(name, {*users[name], region()})
    deployed.record(target, without(found, _elsewhere(users)))
    return names


def settle(target: Target, before: Collection[str]) -> None:
    """Tags the roles that a deploy has made, and takes the tag from those that it uses no more."""
    found = deployed.resources(target)
    names = _names(found)
    with _refusals_noted(target):
        for name in names - {*before}:
            _tag(name, {region()})
        release({*before} - names)
        deployed.record(target, without(found, shared(found)))


def shared(found: Iterable[Resource]) -> Users:
    """The roles that other regions use, and which these are. Raises Failed."""
    return _elsewhere(_users(_names(found)))


def tell_others(target: Target, command: str) -> None:
    """Says where else functions may do now what those here may, because their roles are the same.

    There they may lack what another release of them needs.
    """
    found = set[str]()
    with _refusals_noted(target):
        for name in _names(deployed.resources(target)):
            found |= tagged(name) - {region()}
    if found:
        terminal.show(
            f"{' and '.join(sorted(found))} uses the same roles, so functions there may do now "
            "what those here may. Do the same there, unless the same release runs there: "
            f"AWS_REGION={min(found)} python -m ops {command} --stage {target.stage}",
            "yellow",
        )


def others(target: Target) -> set[str]:
    """The other regions that have the stage, as far as its door's role tells."""
    try:
        return tagged(f"{target.door}-api_handler") - {region()}
    except ClientError:
        return set()  # there is no such role, or nobody may look at it


def release(names: Iterable[str]) -> None:
    """Takes the tag of this region from roles, as far as they still exist."""
    for name in names:
        try:
            boto3.client("iam").untag_role(RoleName=name, TagKeys=[f"{_TAG}{region()}"])
        except ClientError as error:
            if not refused_as(error, "NoSuchEntity"):
                raise


def without(found: Iterable[Resource], roles: Collection[str]) -> list[Resource]:
    """The resources except these roles."""
    return [each for each in found if each.get("role_name") not in roles]


def tagged(name: str) -> set[str]:
    """The regions that a role's tags name."""
    role = boto3.client("iam").get_role(RoleName=name)["Role"]
    keys = [each["Key"] for each in role.get("Tags", [])]
    return {key.removeprefix(_TAG) for key in keys if key.startswith(_TAG)}


def _tag(name: str, users: Iterable[str]) -> None:
    tags = [{"Key": f"{_TAG}{each}", "Value": "uses it"} for each in sorted(users)]
    boto3.client("iam").tag_role(RoleName=name, Tags=tags)


def _users(names: Iterable[str]) -> Users:
    """The regions that use the roles, as tags say, or Lambda without any. Raises Failed."""
    users = {name: tagged(name) for name in names}
    if untagged := [name for name, known in users.items() if not known]:
        users |= regions.using(untagged)
    return users


def _elsewhere(users: Users) -> Users:
    others = {name: known - {region()} for name, known in users.items()}
    return {name: known for name, known in others.items() if known}


def _names(found: Iterable[Resource]) -> set[str]:
    return {each["role_name"] for each in found if each["resource_type"] == "iam_role"}


@contextmanager
def _refusals_noted(target: Target) -> Iterator[None]:
    """Lets a deploy go on where tags may not be written, because they matter only to `down`."""
    try:
        yield
    except (Failed, ClientError) as error:
        if isinstance(error, ClientError) and not refused_as(error, *_DENIED):
            raise
        terminal.show(
            f"{sentence(error)} Until this region can tag its roles, `down` of {target.stage} in "
            "another region may take them away.",
            "yellow",
        )

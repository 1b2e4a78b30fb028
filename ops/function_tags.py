"""Whose a function is, as its tags say, because names can be ambiguous."""

from collections.abc import Mapping
from typing import Any

import boto3
from botocore.exceptions import ClientError

from .errors import Failed, refused_as
from .target import APP

_CHALICE = "aws-chalice"


def read(function: str) -> Mapping[str, str] | None:
    """The tags of a function; None if there is no such function. Raises Failed.

    Who may read a function but not its tags gets the one without the others.
    """
    found: Any  # boto3's types know no answer without an error in it
    try:
        found = boto3.client("lambda").get_function(FunctionName=function)
    except ClientError as error:
        if refused_as(error, "ResourceNotFoundException"):
            return None
        raise
    if refusal := found.get("TagsError"):
        raise Failed(
            f"AWS tells no tags of the function {function} ({refusal['ErrorCode']}), "
            "and without them it may be anybody's: ask for the permission lambda:ListTags; "
            "`aws sts get-caller-identity` shows who you are."
        )
    tags: Mapping[str, str] = found.get("Tags", {})
    return tags


def stage(tags: Mapping[str, str]) -> str | None:
    """The stage of ours in which Chalice has made the function, if it has."""
    parts = dict(part.partition("=")[::2] for part in tags.get(_CHALICE, "").split(":"))
    return parts.get("stage") if parts.get("app") == APP else None

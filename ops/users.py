"""The data of one user: the profile, and the state of the conversation.

Records of pushes and dead letters cannot be found by an openid. They expire by themselves, after
20 and 14 days.
"""

import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import boto3

from chalicelib.adapters.dynamodb import DynamoDbProfiles, DynamoDbTable
from chalicelib.users.profiles import Profiles

from .errors import Failed
from .target import Target

_CONVERSATION = ("session", "waiting", "outbox")
"""Items of the state table whose key ends in an openid."""
TIMES = ("allowed_at", "created", "since", "updated", "valid_from")
"""What is in epoch seconds of a profile that `stored` returns."""


def openid_of(target: Target, user_id: str) -> str:
    """The openid that is bound to a user of the site. Raises Failed, Unavailable."""
    openid = _profiles(target).bound_to(user_id)
    if openid is None:
        raise Failed(f"Nobody is bound to the user {user_id} of the site.")
    return openid


def stored(target: Target, openid: str) -> dict[str, Any]:
    """All data of a user, with the time and scope of what they allowed, but without tokens.

    Raises Failed, Unavailable.
    """
    profile, conversation = _profiles(target).get(openid), _conversation(target, openid)
    if profile is None or not profile.created:
        if not conversation:
            raise Failed(f"Nothing is known of {openid} on {target.stage}.")
        return {"profile": {}, **conversation}
    shown = {name: value for name, value in asdict(profile).items() if value}
    granted = _profiles(target).granted(openid)
    if "refresh_token_at" in granted:
        shown["allowed_at"] = granted["refresh_token_at"]
    return {"profile": shown, **conversation}


def forget(target: Target, openid: str) -> None:
    """Deletes all data of a user and ends their sessions on the site. Raises Unavailable."""
    _profiles(target).forget(openid, time.time())
    dynamodb = boto3.client("dynamodb")
    for kind in _CONVERSATION:
        key = {DynamoDbTable.key: {"S": f"{kind}#{openid}"}}
        dynamodb.delete_item(TableName=target.settings.state_table, Key=key)


def _conversation(target: Target, openid: str) -> Mapping[str, Any]:
    state = DynamoDbTable(target.settings.state_table)
    found = {kind: state.get(f"{kind}#{openid}") for kind in _CONVERSATION}
    return {kind: dict(item) for kind, item in found.items() if item}


def _profiles(target: Target) -> Profiles:
    return Profiles(DynamoDbProfiles(target.settings.profiles_table))

"""Refusals of AWS's that the emulator does not know, put into its answers."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

_DENIED = {"ErrorCode": "AccessDeniedException", "Message": "not authorized: lambda:ListTags"}


@contextmanager
def of_tags() -> Iterator[None]:
    """Whoever asks for a function lacks lambda:ListTags, and gets it without its tags."""

    def refuse(parsed: dict[str, Any], **_: object) -> None:
        parsed.pop("Tags", None)
        parsed["TagsError"] = _DENIED

    events = boto3.client("lambda").meta.events
    events.register("after-call.lambda.GetFunction", refuse)
    try:
        yield
    finally:
        events.unregister("after-call.lambda.GetFunction", refuse)


@contextmanager
def of_call(client: Any, operation: str, code: str, message: str) -> Iterator[None]:
    """AWS refuses an operation to whoever uses this client."""

    def refuse(**_: object) -> tuple[AWSResponse, dict[str, Any]]:
        parsed = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {}}
        return AWSResponse("", 403, HTTPHeaders(), None), parsed

    name = f"before-call.{client.meta.service_model.service_id.hyphenize()}.{operation}"
    client.meta.events.register(name, refuse)
    try:
        yield
    finally:
        client.meta.events.unregister(name, refuse)


@contextmanager
def of_permissions(*permissions: str) -> Iterator[None]:
    """Whoever asks lacks these, such as ssm:GetParameters."""
    with ExitStack() as stack:
        for each in permissions:
            service, _, operation = each.partition(":")
            client: Any = boto3.client(service)  # type: ignore[call-overload]
            told = f"User: arn:aws:… is not authorized to perform: {each} on arn:aws:…"
            stack.enter_context(of_call(client, operation, "AccessDeniedException", told))
        yield


@contextmanager
def of_a_user(arn: str) -> Iterator[None]:
    """Whoever asks is this user, and no longer root, who may do all."""

    def name(parsed: dict[str, Any], **_: object) -> None:
        parsed["Arn"] = arn

    events = boto3.client("sts").meta.events
    events.register("after-call.sts.GetCallerIdentity", name)
    try:
        yield
    finally:
        events.unregister("after-call.sts.GetCallerIdentity", name)


@contextmanager
def of_a_new_account() -> Iterator[None]:
    """The account may have ten executions at once, as new accounts do; the emulator gives more."""

    def limit(parsed: dict[str, Any], **_: object) -> None:
        few = {"ConcurrentExecutions": 10, "UnreservedConcurrentExecutions": 10}
        parsed["AccountLimit"] |= few

    events = boto3.client("lambda").meta.events
    events.register("after-call.lambda.GetAccountSettings", limit)
    try:
        yield
    finally:
        events.unregister("after-call.lambda.GetAccountSettings", limit)


@contextmanager
def of_unopened_links() -> Iterator[None]:
    """Nobody has opened the links that AWS has mailed; the emulator opens them itself."""

    def wait(parsed: dict[str, Any], **_: object) -> None:
        for each in parsed["Subscriptions"]:
            each["SubscriptionArn"] = "PendingConfirmation"

    events = boto3.client("sns").meta.events
    events.register("after-call.sns.ListSubscriptionsByTopic", wait)
    try:
        yield
    finally:
        events.unregister("after-call.sns.ListSubscriptionsByTopic", wait)

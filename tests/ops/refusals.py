"""Refusals of AWS's that the emulator does not know, put into its answers."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

_DENIED = {"ErrorCode": "AccessDeniedException", "Message": "not authorized: lambda:ListTags"}


def of_tags() -> AbstractContextManager[None]:
    """Whoever asks for a function lacks lambda:ListTags, and gets it without its tags."""

    def refuse(parsed: dict[str, Any]) -> None:
        parsed.pop("Tags", None)
        parsed["TagsError"] = _DENIED

    return _changed("lambda", "GetFunction", refuse)


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


def of_a_user(arn: str) -> AbstractContextManager[None]:
    """Whoever asks is this user, and no longer root, who may do all."""
    return _changed("sts", "GetCallerIdentity", lambda parsed: parsed.update(Arn=arn))


def of_a_new_account() -> AbstractContextManager[None]:
    """The account may have ten executions at once, as new accounts do; the emulator gives more."""
    few = {"ConcurrentExecutions": 10, "UnreservedConcurrentExecutions": 10}
    return _changed(
        "lambda", "GetAccountSettings", lambda parsed: parsed["AccountLimit"].update(few)
    )


def of_unopened_links() -> AbstractContextManager[None]:
    """Nobody has opened the links that AWS has mailed; the emulator opens them itself."""

    def wait(parsed: dict[str, Any]) -> None:
        for each in parsed["Subscriptions"]:
            each["SubscriptionArn"] = "PendingConfirmation"

    return _changed("sns", "ListSubscriptionsByTopic", wait)


@contextmanager
def _changed(
    service: str, operation: str, change: Callable[[dict[str, Any]], object]
) -> Iterator[None]:
    """Changes what AWS answers to an operation."""

    def answer(parsed: dict[str, Any], **_: object) -> None:
        change(parsed)

    client: Any = boto3.client(service)  # type: ignore[call-overload]
    events, name = client.meta.events, f"after-call.{service}.{operation}"
    events.register(name, answer)
    try:
        yield
    finally:
        events.unregister(name, answer)

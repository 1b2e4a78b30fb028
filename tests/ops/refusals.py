"""Refusals of AWS's that the emulator does not know, put into its answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3

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

"""`python -m local.aws`: MiniStack, for programs on this machine, not for web pages.

MiniStack answers everybody and allows every web page to read the answers, so any page that is
open in the browser could read the secrets. Here only requests with AWS's signature are answered.
Browsers do not send one, and a page cannot add it, because the preflight request (CORS) is
refused too. A foreign name that resolves to loopback (DNS rebinding) is refused by its Host.

Any program on this machine gets in, because the keys are known: keep no real secret here.
"""

import os
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

import ministack.app as ministack  # type: ignore[import-untyped]
from ministack.core import responses  # type: ignore[import-untyped]
from ministack.services import sqs  # type: ignore[import-untyped]

from simulator.controls import Controls

from .environment import HOST
from .ministack import UNRECEIVE

Send: TypeAlias = Callable[[dict[str, Any]], Awaitable[None]]
Application: TypeAlias = Callable[[dict[str, Any], Any, Send], Awaitable[None]]

_SIGNED = b"AWS4-HMAC-SHA256"


def guarded(
    application: Application,
    port: str,
    is_public: Callable[[dict[str, Any]], bool] = lambda scope: False,
) -> Application:
    """`application`, for requests to `port` of this machine that are signed or public."""
    names = [f"{name}:{port}".encode() for name in (HOST, "localhost")]

    def is_allowed(scope: dict[str, Any]) -> bool:
        headers = dict(scope.get("headers", []))
        signed = headers.get(b"authorization", b"").startswith(_SIGNED)
        return headers.get(b"host") in names and (signed or is_public(scope))

    async def answer(scope: dict[str, Any], receive: Any, send: Send) -> None:
        if scope["type"] == "lifespan" or is_allowed(scope):
            await application(scope, receive, send)
        elif scope["type"] == "http":
            await send({"type": "http.response.start", "status": 403, "headers": []})
            await send({"type": "http.response.body", "body": b"only signed requests\n"})
        else:
            await send({"type": "websocket.close"})

    return answer


def with_a_queue_to_cut_off(application: Application) -> Application:
    """`application`, whose queue is out of reach while the phone's page says so."""

    async def answer(scope: dict[str, Any], receive: Any, send: Send) -> None:
        if _is_down(dict(scope.get("headers", []))):
            await send({"type": "http.response.start", "status": 503, "headers": []})
            await send({"type": "http.response.body", "body": b"the queue is down\n"})
        else:
            await application(scope, receive, send)

    return answer


def _is_down(headers: Mapping[bytes, bytes]) -> bool:
    """Whether this is a request to the queue while the phone's page has cut it off."""
    to_queue = headers.get(b"x-amz-target", b"").startswith(b"AmazonSQS.")
    return to_queue and Controls.load().queue_down


def with_receives_to_undo(application: Application) -> Application:
    """`application`, which undoes the receive of a job at `UNRECEIVE`, as SQS cannot."""

    async def answer(scope: dict[str, Any], receive: Any, send: Send) -> None:
        if scope.get("path") == UNRECEIVE:
            _unreceive(scope["query_string"].decode())
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body"})
        else:
            await application(scope, receive, send)

    return answer


def _unreceive(receipt: str) -> None:
    for queue in sqs._queues.to_dict().values():  # noqa: SLF001 - MiniStack has no public way
        for message in queue["messages"]:
            if message["receipt_handle"] == receipt:
                message["receive_count"] -= 1
                message["visible_at"] = time.time()


def leave_content_types() -> None:
    """Answers as MiniStack's services do, without loading botocore to look for better headers."""
    responses._service_model = lambda _: None  # noqa: SLF001


if __name__ == "__main__":
    leave_content_types()
    ministack.app = guarded(
        with_receives_to_undo(with_a_queue_to_cut_off(ministack.app)), os.environ["GATEWAY_PORT"]
    )
    ministack.main()

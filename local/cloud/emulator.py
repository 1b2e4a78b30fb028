"""`python -m local.cloud.emulator`: MiniStack, put right where it differs from AWS.

It allows GetParameters to whoever may read `*`: here each parameter it names must be allowed. It
kills a function that is updated, at work or not: here it may finish first. After a job that failed
it lets all others wait for a second: here it does not. Lines of a function's log have no ids: here
they get some. And `rest_apis.py` says what it misses of API Gateway.

A deployed API is open to everybody, web pages too. AWS itself is not, as in `make run`: whoever
may make a function runs programs on this machine.
"""

import json
import os
import time
from threading import Thread
from typing import Any
from uuid import uuid4

import ministack.app as ministack  # type: ignore[import-untyped]
from ministack.core import (  # type: ignore[import-untyped]
    iam_actions,
    iam_evaluator,
    lambda_runtime,
)
from ministack.services import cloudwatch_logs, lambda_svc  # type: ignore[import-untyped]

from local.aws import guarded

from .rest_apis import completed

_OWN = "/_"
"""Paths that MiniStack keeps for itself, whatever the domain, begin like this."""


def _ask_for_each_parameter() -> None:
    resource, enforce = iam_actions.extract_resource_arn, iam_evaluator.enforce

    def resources(service: str, *request: Any) -> Any:
        _, _, headers, body, _, region, account = request
        if not headers.get("x-amz-target", "").endswith(".GetParameters"):
            return resource(service, *request)
        names = [name.partition(":")[0] for name in json.loads(body)["Names"]]
        return [f"arn:aws:ssm:{region}:{account}:parameter{name}" for name in names]

    def enforce_each(*request: Any, resource_arn: Any = "*", **context: Any) -> Any:
        arns = resource_arn if isinstance(resource_arn, list) else [resource_arn]
        answers = (enforce(*request, resource_arn=arn, **context) for arn in arns)
        return next((denied for denied in answers if denied), None)

    iam_actions.extract_resource_arn = resources
    iam_evaluator.enforce = enforce_each


def _let_functions_finish() -> None:
    kill = lambda_runtime.kill_workers

    def kill_idle(workers: Any) -> None:
        while any(worker.in_use for worker in workers):
            time.sleep(0.01)
        kill(workers)

    # In a thread, for what is at work may be asking MiniStack for something.
    lambda_runtime.kill_workers = lambda workers: Thread(
        target=kill_idle, args=(workers,), daemon=True
    ).start()


def _tell_lines_apart() -> None:
    append = cloudwatch_logs._append_log_events  # noqa: SLF001

    def append_with_ids(stream: Any, events: Any) -> None:
        append(stream, [{"eventId": uuid4().hex, **event} for event in events])

    cloudwatch_logs._append_log_events = append_with_ids  # noqa: SLF001


def _is_for_an_api(scope: dict[str, Any]) -> bool:
    path, host = scope["path"], dict(scope["headers"]).get(b"host", b"").decode("latin-1")
    if ministack._parse_execute_api_url(host, path):  # noqa: SLF001
        return True
    led = ministack._resolve_custom_domain_request(host, path)  # noqa: SLF001
    return led is not None and not path.startswith(_OWN)


if __name__ == "__main__":
    _ask_for_each_parameter()
    _let_functions_finish()
    _tell_lines_apart()
    lambda_svc._ESM_BACKOFF_SECONDS = 0  # noqa: SLF001
    port = os.environ["GATEWAY_PORT"]
    ministack.app = guarded(completed(ministack.app), port, is_public=_is_for_an_api)
    ministack.main()

"""What MiniStack does differently from AWS, replaced in its private parts: here and nowhere else.

`tests/test_cloud_patches.py` fails when MiniStack changes these parts or closes a gap itself.
"""

import json
import re
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
from ministack.services.cloudformation import (  # type: ignore[import-untyped]
    changesets,
    engine,
)

from . import function_code

_NOT_LOADED = "Worker init failed: "
"""How MiniStack's error begins where a function cannot be loaded."""
_MINISTACKS = "/_"
"""The start of the paths that MiniStack keeps for itself on every domain."""


def apply() -> None:
    """Makes all the changes below."""
    _name_resources()
    _set_handler()
    _let_functions_finish()
    _say_why_functions_cannot_be_loaded()
    number_log_lines()
    find_any_of_several_texts()
    _retry_jobs_at_once()
    _refuse_second_event_sources()
    _count_requests_as_over_tls()
    plan_what_conditions_let()
    function_code.serve()


def _name_resources() -> None:
    """Checks permission for what a request names, or for all of the kind that it lists.

    Of these calls MiniStack checks `*` alone.
    """
    resource, enforce = iam_actions.extract_resource_arn, iam_evaluator.enforce

    def resources(service: str, *request: Any) -> Any:
        method, path, headers, body, _, region, account = request
        call = headers.get("x-amz-target", "").rpartition(".")[2]
        parameter = f"arn:aws:ssm:{region}:{account}:parameter"
        if call == "GetParameters":
            return [f"{parameter}{name.partition(':')[0]}" for name in json.loads(body)["Names"]]
        if call == "GetParametersByPath":
            return f"{parameter}{json.loads(body)['Path']}"
        if iam_actions.extract_iam_action(service, *request[:-2]) == "cloudwatch:DescribeAlarms":
            return f"arn:aws:cloudwatch:{region}:{account}:alarm:*"
        if (service, method) == ("lambda", "POST") and path.endswith("/functions"):
            name = json.loads(body)["FunctionName"]
            return f"arn:aws:lambda:{region}:{account}:function:{name}"
        return resource(service, *request)

    def enforce_each(*request: Any, resource_arn: Any = "*", **context: Any) -> Any:
        arns = resource_arn if isinstance(resource_arn, list) else [resource_arn]
        answers = (enforce(*request, resource_arn=arn, **context) for arn in arns)
        return next((denied for denied in answers if denied), None)

    iam_actions.extract_resource_arn = resources
    iam_evaluator.enforce = enforce_each


def _set_handler() -> None:
    """Puts the function's Handler into `_HANDLER`, as Lambda does and MiniStack does not."""
    credentials = lambda_runtime.execution_credentials

    def with_handler(config: Any) -> dict[str, str]:
        return {**credentials(config), "_HANDLER": config["Handler"]}

    lambda_runtime.execution_credentials = with_handler


def _let_functions_finish() -> None:
    """Lets a function that is updated finish its work; MiniStack kills it."""
    kill = lambda_runtime.kill_workers

    def kill_idle(workers: Any) -> None:
        while any(worker.in_use for worker in workers):
            time.sleep(0.01)
        kill(workers)

    # In a thread, because the function may be waiting for an answer from MiniStack.
    lambda_runtime.kill_workers = lambda workers: Thread(
        target=kill_idle, args=(workers,), daemon=True
    ).start()


def _say_why_functions_cannot_be_loaded() -> None:
    """Puts it into the answer and into the log, in Lambda's words."""
    execute = lambda_svc._execute_function_warm  # noqa: SLF001

    def execute_and_say(*invocation: Any) -> Any:
        result = execute(*invocation)
        error = result.get("error") and str(result["body"].get("errorMessage"))
        if not error or not error.startswith(_NOT_LOADED):
            return result
        kind, app = "Runtime.ImportModuleError", "Unable to import module 'app': "
        told = f"{app}{error.removeprefix(_NOT_LOADED)}"
        body = {"errorMessage": told, "errorType": kind}
        return {**result, "body": body, "log": f"[ERROR] {kind}: {told}"}

    lambda_svc._execute_function_warm = execute_and_say  # noqa: SLF001


def find_any_of_several_texts() -> None:
    """Finds lines with one of several texts, `?"one" ?"another"`; MiniStack wants all of them."""
    compiled = cloudwatch_logs._compile_filter_pattern  # noqa: SLF001

    def compile_any(pattern: Any) -> Any:
        texts = re.findall(r'\?"([^"]+)"', pattern or "")
        return (lambda line: any(each in line for each in texts)) if texts else compiled(pattern)

    cloudwatch_logs._compile_filter_pattern = compile_any  # noqa: SLF001


def number_log_lines() -> None:
    """Gives each line of a function's log an id, which MiniStack does not."""
    append = cloudwatch_logs._append_log_events  # noqa: SLF001

    def append_with_ids(stream: Any, events: Any) -> None:
        append(stream, [{"eventId": uuid4().hex, **event} for event in events])

    cloudwatch_logs._append_log_events = append_with_ids  # noqa: SLF001


def plan_what_conditions_let() -> None:
    """Leaves out of a change set what a condition keeps out of the stack.

    MiniStack announces it, and never makes it.
    """
    resolve = changesets._resolve_props_for_diff  # noqa: SLF001

    def resolve_what_is_made(template: Any, parameters: Any, *stack: Any) -> Any:
        resolved = resolve(template, parameters, *stack)
        held = engine._evaluate_conditions(template, parameters)  # noqa: SLF001
        resources = resolved.get("Resources", {})
        made = {
            name: each for name, each in resources.items() if held.get(each.get("Condition"), True)
        }
        return {**resolved, "Resources": made}

    changesets._resolve_props_for_diff = resolve_what_is_made  # noqa: SLF001


def _retry_jobs_at_once() -> None:
    """Delivers other jobs right after one that failed; MiniStack pauses the queue for a second."""
    lambda_svc._ESM_BACKOFF_SECONDS = 0  # noqa: SLF001


def _refuse_second_event_sources() -> None:
    """Lets a function have one event source for a queue, as AWS does; MiniStack makes more."""
    create = lambda_svc._create_esm  # noqa: SLF001

    def create_one(data: Any) -> Any:
        queue, function = data["EventSourceArn"], data["FunctionName"].rpartition(":")[2]
        for each in lambda_svc._esms.values():  # noqa: SLF001
            if each["EventSourceArn"] == queue and each["FunctionName"] == function:
                told = f"({queue}) and ({function}) already have {each['UUID']}"
                return lambda_svc.error_response_json("ResourceConflictException", told, 409)
        return create(data)

    lambda_svc._create_esm = create_one  # noqa: SLF001


def _count_requests_as_over_tls() -> None:
    """Lets policies that want TLS be met: this AWS is on loopback, and needs none."""
    pin = ministack.pin_request_origin
    ministack.pin_request_origin = lambda address, _: pin(address, secure_transport=True)


def is_for_an_api(scope: dict[str, Any]) -> bool:
    """Whether MiniStack takes a request for one to a deployed API, by its address or domain."""
    path, host = scope["path"], dict(scope["headers"]).get(b"host", b"").decode("latin-1")
    if ministack._parse_execute_api_url(host, path):  # noqa: SLF001
        return True
    api = ministack._resolve_custom_domain_request(host, path)  # noqa: SLF001
    return api is not None and not path.startswith(_MINISTACKS)

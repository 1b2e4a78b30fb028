"""What Chalice has made of a stage, as AWS has it.

Chalice knows it only from .chalice/deployed/<stage>.json, which it writes at the very end and
which a new checkout does not have. Without it, a deploy makes a second API with another URL, and
`chalice delete` deletes nothing. So we write the file, from AWS, before we call Chalice.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import boto3
from botocore.exceptions import ClientError

from . import event_sources, lambda_functions
from .errors import Failed, refused_as
from .region import region
from .target import APP, AT_EXIT, Target, read_config, write_config

if TYPE_CHECKING:
    from mypy_boto3_apigateway import APIGatewayClient

Resource: TypeAlias = dict[str, Any]
"""One resource, as it stands in Chalice's file."""

GATEWAY_STAGE = "api"
"""The stage of API Gateway that Chalice deploys to, whatever our own stage is."""

_DOOR = "api_handler"
_PUSHES = "/wechat"


def record(target: Target, found: list[Resource]) -> None:
    """Writes what AWS has into Chalice's file.

    Other resources in the file stay, for example a schedule of the team's own.
    """
    known = [each for each in _recorded(target) if not _ours(each)]
    file = _file(target)
    if found or known:
        file.parent.mkdir(exist_ok=True)
        deployed = {"resources": found + known, "schema_version": "2.0", "backend": "api"}
        write_config(file, deployed)
    else:
        file.unlink(missing_ok=True)


def resources(target: Target) -> list[Resource]:
    """The roles, functions, event sources and API of the stage."""
    functions = dict(_functions(target))
    found = list(_roles(target, {_DOOR, *AT_EXIT, *functions}))
    for name, arn in functions.items():
        found.append({"name": name, "resource_type": "lambda_function", "lambda_arn": arn})
    found += _event_sources(target, functions)
    if api := rest_api(target):
        url = api_url(api)
        described = {"name": "rest_api", "resource_type": "rest_api"}
        found.append({**described, "rest_api_id": api, "rest_api_url": url})
    return found


def rest_api(target: Target) -> str | None:
    """The id of the stage's API; None before it is deployed.

    The APIs of all stages have the same name, and differ in the function that they call. Raises
    Failed if several call the stage's door.
    """
    gateway = boto3.client("apigateway")
    pages = gateway.get_paginator("get_rest_apis").paginate()
    named = [each["id"] for page in pages for each in page["items"] if each.get("name") == APP]
    calling = [each for each in named if _called(gateway, each) == target.door]
    if len(calling) > 1:
        raise Failed(
            f"{len(calling)} APIs call the function {target.door}: {', '.join(calling)}. See in "
            "微信开发者平台 which one the account uses, and delete the others with "
            "`aws apigateway delete-rest-api --rest-api-id ID`."
        )
    return calling[0] if calling else None


def api_url(api: str) -> str:
    """The URL of an API on AWS, with a slash at the end, as Chalice writes it."""
    where = region()
    suffix = "amazonaws.com.cn" if where.startswith("cn-") else "amazonaws.com"
    return f"https://{api}.execute-api.{where}.{suffix}/{GATEWAY_STAGE}/"


def site(target: Target) -> str | None:
    """The URL of the stage, without a slash at the end; None before it is deployed."""
    if target.settings.public_url:
        return target.settings.public_url
    api = rest_api(target)
    return api_url(api).rstrip("/") if api else None


def _functions(target: Target) -> Iterator[tuple[str, str]]:
    """Each function of the stage: Chalice's name for it, and its ARN. Raises Failed."""
    expected = _expected(target)
    for page in boto3.client("lambda").get_paginator("list_functions").paginate():
        for each in page["Functions"]:
            name = each["FunctionName"]
            short = _short(target, name)
            found = lambda_functions.look(name) if short else None
            if short in expected and found and found.is_untagged:
                raise Failed("{}. {}".format(*found.untagged(target.stage)))
            if short and found and found.stage == target.stage:
                yield short, each["FunctionArn"]


def _expected(target: Target) -> set[str]:
    """The functions that the stage should have, as Chalice calls them."""
    return {_DOOR, *AT_EXIT, *target.stage_config.get("lambda_functions", {})}


def _short(target: Target, function: str) -> str | None:
    """Chalice's name for a function; None if it is named like none of the stage's."""
    if function == target.door:
        return _DOOR
    prefix = target.function("")
    return function.removeprefix(prefix) if function.startswith(prefix) else None


def _roles(target: Target, functions: Iterable[str]) -> Iterator[Resource]:
    """The roles of functions; an interrupted deploy may have left a role without its function."""
    iam = boto3.client("iam")
    for function in sorted(functions):
        name = f"{target.door}-{function}"
        try:
            arn = iam.get_role(RoleName=name)["Role"]["Arn"]
        except ClientError as error:
            if not refused_as(error, "NoSuchEntity"):
                raise
        else:
            described = {"name": f"{function}_role", "resource_type": "iam_role"}
            yield {**described, "role_arn": arn, "role_name": name}


def _event_sources(target: Target, functions: Mapping[str, str]) -> Iterator[Resource]:
    """What the functions get from queues, also one that somebody has deleted.

    AWS keeps the event source of a deleted function, and refuses to make another one.
    """
    for each in event_sources.listed():
        arn, source = each["FunctionArn"], each.get("EventSourceArn", "")
        name = _short(target, arn.rpartition(":function:")[2])
        if name and ":sqs:" in source and (name in functions or _lost(target, name)):
            yield {
                "name": f"{name}-sqs-event-source",
                "resource_type": "sqs_event",
                "queue_arn": source,
                "event_uuid": each["UUID"],
                "queue": source.rpartition(":")[2],
                "lambda_arn": arn,
            }


def _lost(target: Target, name: str) -> bool:
    """Whether the stage should have this function, and there is none."""
    return name in _expected(target) and lambda_functions.look(target.function(name)) is None


def _called(gateway: "APIGatewayClient", api: str) -> str | None:
    """The function that receives the pushes of an API."""
    for page in gateway.get_paginator("get_resources").paginate(restApiId=api):
        for resource in page["items"]:
            if resource["path"] == _PUSHES:
                return _function_behind(gateway, api, resource["id"])
    return None


def _function_behind(gateway: "APIGatewayClient", api: str, resource: str) -> str | None:
    try:
        found = gateway.get_integration(restApiId=api, resourceId=resource, httpMethod="POST")
    except ClientError as error:
        if refused_as(error, "NotFoundException"):
            return None
        raise
    return found["uri"].rpartition(":function:")[2].partition("/")[0]


def _ours(resource: Resource) -> bool:
    """Whether AWS can tell that the resource exists, so that the file does not have to."""
    kinds = ("iam_role", "lambda_function", "rest_api", "sqs_event")
    return resource["resource_type"] in kinds


def _recorded(target: Target) -> list[Resource]:
    file = _file(target)
    known: list[Resource] = read_config(file).get("resources", []) if file.exists() else []
    return known


def _file(target: Target) -> Path:
    return target.project / ".chalice" / "deployed" / f"{target.stage}.json"

"""What MiniStack misses of API Gateway.

ImportRestApi, PutRestApi    MiniStack ignores the document: here they become the calls that make
                             one route after the other
UpdateRestApi                MiniStack fails on the empty minimumCompressionSize that Chalice sends
                             for "none": here nothing is done, because Chalice asks for nothing
                             that is not already so

`tests/test_cloud_patches.py` fails when MiniStack closes one of these gaps itself.
"""

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import boto3

from local.aws import Application, Send

if TYPE_CHECKING:
    from mypy_boto3_apigateway import APIGatewayClient

_ONE_API = re.compile(r"/restapis/(\w+)")


def completed(application: Application) -> Application:
    """`application`, with these calls answered here."""

    async def answer(scope: dict[str, Any], receive: Any, send: Send) -> None:
        work = _work(scope)
        if work is None:
            await application(scope, receive, send)
            return
        body = await _body(receive)
        api = await asyncio.to_thread(work, json.loads(body))
        if api is None:
            await application(scope, _replayed(body), send)
            return
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps({"id": api}).encode()})

    return answer


def _work(scope: Mapping[str, Any]) -> Callable[[Any], str | None] | None:
    """What to do with the body of such a call; None for any other call.

    It gives the API's id, or None if MiniStack can do it.
    """
    if scope["type"] != "http":
        return None
    method, path = scope["method"], scope["path"]
    mode = parse_qs(scope["query_string"].decode()).get("mode")
    if (method, path, mode) == ("POST", "/restapis", ["import"]):
        return partial(_imported, _gateway(scope))
    api = _ONE_API.fullmatch(path)
    if api and (method, mode) == ("PUT", ["overwrite"]):
        return partial(_with_routes, _gateway(scope), api[1])
    if api and method == "PATCH":
        return lambda body: api[1] if _names_compression(body) else None
    return None


def _names_compression(update: Any) -> bool:
    """Whether it is Chalice's update, which changes nothing else of an API that it made."""
    return "/minimumCompressionSize" in {each["path"] for each in update["patchOperations"]}


def _gateway(scope: Mapping[str, Any]) -> "APIGatewayClient":
    """API Gateway in the region for which the call was signed."""
    signed = dict(scope["headers"])[b"authorization"].decode()
    _, _, region, *_ = signed.partition("Credential=")[2].split("/")
    return boto3.client("apigateway", region_name=region)


def _imported(gateway: "APIGatewayClient", document: Any) -> str:
    made = gateway.create_rest_api(name=document["info"]["title"])
    return _with_routes(gateway, made["id"], document)


def _with_routes(gateway: "APIGatewayClient", api: str, document: Any) -> str:
    """Makes the routes that are missing; those that exist keep serving."""
    found = gateway.get_resources(restApiId=api, limit=500)["items"]
    ids = {each["path"]: each["id"] for each in found}
    there = {(each["path"], name) for each in found for name in each.get("resourceMethods", {})}
    for path, operations in document["paths"].items():
        for name, operation in operations.items():
            if (path, name.upper()) not in there:
                resource = _resource(gateway, api, ids, path)
                _make_route(gateway, api, resource, name.upper(), operation)
    return api


def _resource(gateway: "APIGatewayClient", api: str, ids: dict[str, str], path: str) -> str:
    """The id of the resource at `path`, which is made with its parents if missing."""
    if path not in ids:
        above, _, part = path.rpartition("/")
        parent = _resource(gateway, api, ids, above or "/")
        made = gateway.create_resource(restApiId=api, parentId=parent, pathPart=part)
        ids[path] = made["id"]
    return ids[path]


def _make_route(
    gateway: "APIGatewayClient", api: str, resource: str, method: str, operation: Any
) -> None:
    route: Any = {"restApiId": api, "resourceId": resource, "httpMethod": method}
    integration = operation["x-amazon-apigateway-integration"]
    gateway.put_method(**route, authorizationType="NONE")
    gateway.put_integration(
        **route,
        type=integration["type"].upper(),
        integrationHttpMethod=integration["httpMethod"],
        uri=integration["uri"],
    )


async def _body(receive: Any) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    return body


def _replayed(body: bytes) -> Any:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive

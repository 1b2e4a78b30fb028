"""Calls AWS on this machine, which checks no signature.

boto3 would do it too, but to import it and to make its clients takes longer than a run's calls.
"""

import json
import os
import urllib.request
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from xml.etree import ElementTree as Xml

from .environment import REGION

_SECONDS = 10
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Refused(Exception):
    """AWS does not do it; the message says why."""


def ssm(operation: str, **arguments: Any) -> Any:
    """What SSM answers. Raises Refused, or OSError."""
    return _json("ssm", f"AmazonSSM.{operation}", "1.1", arguments)


def dynamodb(operation: str, **arguments: Any) -> Any:
    """What DynamoDB answers. Raises Refused, or OSError."""
    return _json("dynamodb", f"DynamoDB_20120810.{operation}", "1.0", arguments)


def cloudformation(operation: str, **arguments: str) -> Xml.Element:
    """What CloudFormation answers. Raises Refused, or OSError."""
    form = urlencode({"Action": operation, "Version": "2010-05-15", **arguments})
    try:
        answer = _answer("cloudformation", form, "application/x-www-form-urlencoded")
    except HTTPError as error:
        raise Refused(_parsed(error.read()).findtext(".//{*}Message")) from None
    return _parsed(answer)


def _json(service: str, target: str, version: str, arguments: dict[str, Any]) -> Any:
    body, kind = json.dumps(arguments), f"application/x-amz-json-{version}"
    try:
        return json.loads(_answer(service, body, kind, {"X-Amz-Target": target}))
    except HTTPError as error:
        raise Refused(error.read().decode(errors="replace")) from None


def _parsed(document: bytes) -> Xml.Element:
    return Xml.fromstring(document)  # noqa: S314  # from our own MiniStack


def _answer(service: str, body: str, kind: str, headers: dict[str, str] | None = None) -> bytes:
    signature = f"AWS4-HMAC-SHA256 Credential=local/20200101/{REGION}/{service}/aws4_request"
    given = {"Authorization": signature, "Content-Type": kind, **(headers or {})}
    url = os.environ["AWS_ENDPOINT_URL"]
    request = urllib.request.Request(url, body.encode(), given)  # noqa: S310  # on loopback
    with _direct.open(request, timeout=_SECONDS) as answer:
        content: bytes = answer.read()
    return content

"""What the function wechat_caller is asked, and what it answers: JSON objects.

    {"call": "exchange", "code": "…"}  ->  {"answer": {…}}
                                           {"error": {"kind": "Repeated", "errcode": …, "text": …}}

An error keeps its kind, so that whoever asked does what `wechat/errors.py` says about it. A kind
that is not known here is an ApiError or Unavailable without more. Bytes travel in base64, and
Lambda carries 6 MB.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from typing import Any

from ..ports import Function, Misconfigured, Unavailable, Upload
from ..wechat.errors import ApiError, MessageRefused

LARGEST = 4 * 2**20
"""Bytes of the largest file that travels."""
_READS = ("app_id", "userinfo", "media", "check_secret", "js_sdk_ticket")


def ask(function: Function, call: str, **arguments: Any) -> Any:
    """What the function answers. Raises ApiError, or Unavailable."""
    reads = call in _READS or arguments.get("method") == "GET"
    answered = function.invoke({"call": call, **arguments}, reads=reads)
    if "error" in answered:
        raise _error(answered["error"])
    return answered["answer"]


def described(error: ApiError | Unavailable) -> dict[str, Any]:
    """An error as it travels."""
    errcode = error.errcode if isinstance(error, ApiError) else None
    return {"kind": type(error).__name__, "errcode": errcode, "text": str(error)}


def packed(content: bytes) -> str:
    """Bytes as they travel. Raises MessageRefused when there are too many."""
    if len(content) > LARGEST:
        raise MessageRefused(
            0, "use ctx.api in a slow route or a task: elsewhere a file has at most 4 MB"
        )
    return b64encode(content).decode()


def packed_body(body: bytes | Upload | None) -> dict[str, Any] | None:
    """The body of a request as it travels. Raises MessageRefused."""
    if isinstance(body, Upload):
        named = {"field": body.field, "name": body.name, "fields": body.fields and {**body.fields}}
        return {"content": packed(body.content), **named}
    return None if body is None else {"content": packed(body)}


def unpacked_body(body: Mapping[str, Any] | None) -> bytes | Upload | None:
    """A body that has travelled."""
    if body is None:
        return None
    content = b64decode(body["content"])
    if "field" not in body:
        return content
    return Upload(body["field"], body["name"], content, body.get("fields"))


def _error(found: Mapping[str, Any]) -> ApiError | Unavailable:
    kind, errcode, text = found["kind"], found["errcode"], found["text"]
    if errcode is not None:
        return _API_ERRORS.get(kind, ApiError)(errcode, text)
    return (Misconfigured if kind == Misconfigured.__name__ else Unavailable)(text)


def _kinds(kind: type[ApiError]) -> Iterator[type[ApiError]]:
    yield kind
    for each in kind.__subclasses__():
        yield from _kinds(each)


_API_ERRORS = {each.__name__: each for each in _kinds(ApiError)}

"""What the page shows of a call: request and answer, without secrets and tokens."""

import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from .bodies import File
from .endpoints import Answer

_HIDDEN = "••••"
_PRIVATE = ("access_token", "refresh_token", "secret", "code", "ticket")


def recorded(request: Request, body: bytes, answer: Answer | None) -> dict[str, Any]:
    """The fields of a `Call` that say what it was about."""
    parameters = {**request.query_params, **_fields(request, body)}
    openid = parameters.get("touser") or parameters.get("openid") or ""
    return {"request": _shown(parameters), "answer": _answered(answer), "openid": str(openid)}


def _fields(request: Request, body: bytes) -> Mapping[str, Any]:
    if request.headers.get("content-type", "").startswith("multipart/"):
        return {"media": f"{len(body)} bytes"}
    try:
        fields = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        return {"body": body.decode("utf-8", "replace")}
    return fields if isinstance(fields, dict) else {"body": fields}


def _answered(answer: Answer | None) -> Mapping[str, Any] | None:
    if isinstance(answer, File):
        return {"file": f"{answer.content_type}, {len(answer.content)} bytes"}
    return None if answer is None else _shown(answer)


def _shown(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: _HIDDEN if name in _PRIVATE else value for name, value in fields.items()}

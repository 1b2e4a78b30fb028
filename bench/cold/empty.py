"""The baseline: what the runtime itself costs."""

from typing import Any


def app(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return {"statusCode": 200, "body": "success"}

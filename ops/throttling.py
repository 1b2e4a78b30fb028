"""How many requests a second API Gateway lets through to the door. Chalice sets no limit.

A user whose push is throttled reads a fault, so pushes may come as fast as an AWS account takes
them by default. The lower limit is for browsers, and for those who try addresses.
"""

from typing import TYPE_CHECKING

import boto3

from . import deployed

if TYPE_CHECKING:
    from mypy_boto3_apigateway.type_defs import PatchOperationTypeDef

RATES = {"*/*": (200, 400), "~1wechat/POST": (5000, 5000)}
"""By resource and method: requests a second, and the burst."""


def limit(api: str) -> None:
    """Sets the limits on the API's stage; they stay when Chalice deploys to it again."""
    boto3.client("apigateway").update_stage(
        restApiId=api,
        stageName=deployed.GATEWAY_STAGE,
        patchOperations=[each for path in RATES for each in _operations(path)],
    )


def _operations(path: str) -> "list[PatchOperationTypeDef]":
    rate, burst = RATES[path]
    limits = {"rateLimit": rate, "burstLimit": burst}
    return [
        {"op": "replace", "path": f"/{path}/throttling/{name}", "value": str(value)}
        for name, value in limits.items()
    ]

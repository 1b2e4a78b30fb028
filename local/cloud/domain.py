"""The custom domain, and which API it leads to."""

from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError

from local.environment import HOST

if TYPE_CHECKING:
    from mypy_boto3_apigateway import APIGatewayClient

STAGE = "api"
"""API Gateway's stage, as Chalice names it."""


def lead_to(api: str) -> None:
    """Lets the domain lead to an API."""
    gateway = boto3.client("apigateway")
    gateway.create_domain_name(domainName=HOST)
    gateway.create_base_path_mapping(domainName=HOST, restApiId=api, stage=STAGE)


def follow() -> bool:
    """Lets the domain lead to a deployed API, if there is one. True if it led elsewhere before."""
    gateway = boto3.client("apigateway")
    try:
        current, deployed = _target(gateway), _deployed(gateway)
        if current in deployed:
            return False
        if current:
            gateway.delete_domain_name(domainName=HOST)
        for api in deployed[:1]:
            lead_to(api)
    except ClientError:
        return False  # an API is being removed right now; the next call sees what is left
    return bool(deployed)


def _target(gateway: "APIGatewayClient") -> str | None:
    if not any(each["domainName"] == HOST for each in gateway.get_domain_names()["items"]):
        return None
    (mapping,) = gateway.get_base_path_mappings(domainName=HOST)["items"]
    return mapping["restApiId"]


def _deployed(gateway: "APIGatewayClient") -> list[str]:
    apis = [each["id"] for each in gateway.get_rest_apis()["items"]]
    return [
        api
        for api in apis
        if any(each["stageName"] == STAGE for each in gateway.get_stages(restApiId=api)["item"])
    ]

"""The domain of one's own, which leads to an API once one says so."""

from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError

from local.environment import HOST

if TYPE_CHECKING:
    from mypy_boto3_apigateway import APIGatewayClient

STAGE = "api"
"""API Gateway's own, as Chalice names it."""


def lead_to(api: str) -> None:
    """Makes the domain that of an API."""
    gateway = boto3.client("apigateway")
    gateway.create_domain_name(domainName=HOST)
    gateway.create_base_path_mapping(domainName=HOST, restApiId=api, stage=STAGE)


def follow() -> bool:
    """Has the domain lead to an API that is deployed, if any; whether it leads to another one."""
    gateway = boto3.client("apigateway")
    try:
        led_to, deployed = _led_to(gateway), _deployed(gateway)
        if led_to in deployed:
            return False
        if led_to:
            gateway.delete_domain_name(domainName=HOST)
        for api in deployed[:1]:
            lead_to(api)
    except ClientError:
        return False  # one is being removed just now: the next look sees what is left
    return bool(deployed)


def _led_to(gateway: "APIGatewayClient") -> str | None:
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

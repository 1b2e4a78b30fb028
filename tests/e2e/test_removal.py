"""The end of a stage that is in two regions; in the order of these files it comes last."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest

from local import account
from ops.target import APP
from tests.e2e.deployment import STAGE, Deployment, somebody
from tests.patience import wait_until

ABROAD = "eu-west-1"
EVENT: dict[str, Any] = {
    "headers": {},
    "body": None,
    "isBase64Encoded": False,
    "multiValueQueryStringParameters": None,
    "stageVariables": None,
}


@contextmanager
def abroad() -> Iterator[None]:
    """Whatever asks AWS now asks another region."""
    with pytest.MonkeyPatch.context() as own:
        own.setenv("AWS_REGION", ABROAD)
        own.setenv("AWS_DEFAULT_REGION", ABROAD)
        yield


def reads_secrets() -> bool:
    """Whether the door of the region in use, which has not run yet, may do so by its role."""
    code = boto3.client("ssm").get_parameter(
        Name="/wechalice/dev/domain-verification", WithDecryption=True
    )["Parameter"]["Value"]
    file = f"MP_verify_{code}.txt"
    context = {"httpMethod": "GET", "resourcePath": "/{file}", "domainName": "x", "stage": "api"}
    event = {**EVENT, "pathParameters": {"file": file}, "requestContext": context}
    done = boto3.client("lambda").invoke(FunctionName="wechalice-dev", Payload=json.dumps(event))
    return bool(json.load(done["Payload"]).get("body") == code)


def test_down_leaves_the_stage_in_another_region_working_in_any_order(
    deployment: Deployment,
) -> None:
    with abroad():
        account.share(deployment.project.with_name("console.json"))
        deployment.ops("deploy")
        deployment.ops("down", "--yes")
    wait_until(lambda: deployment.write("remember", somebody()).reply == "remembered")
    with abroad():
        deployment.ops("deploy")
    deployment.ops("down", "--yes")
    with abroad():
        assert reads_secrets()


def test_the_last_down_leaves_nothing_but_the_secrets(deployment: Deployment) -> None:
    with abroad():
        deployment.ops("down", "--yes")
        assert left() == []
    assert left() == []
    found = boto3.client("ssm").get_parameters_by_path(Path="/wechalice/dev")["Parameters"]
    assert len(found) == 8


def left() -> list[str]:
    """The names of all that the region in use still has of the stage."""
    queues = boto3.client("sqs").list_queues().get("QueueUrls", [])
    groups = boto3.client("logs").describe_log_groups()["logGroups"]
    names = [
        *(each["FunctionName"] for each in boto3.client("lambda").list_functions()["Functions"]),
        *(each["RoleName"] for each in boto3.client("iam").list_roles()["Roles"]),
        *boto3.client("dynamodb").list_tables()["TableNames"],
        *(url.rpartition("/")[2] for url in queues),
        *(each["logGroupName"].rpartition("/")[2] for each in groups),
        *(each["name"] for each in boto3.client("apigateway").get_rest_apis()["items"]),
    ]
    # An API has the name of the app alone; stages of other tests that count as production stay.
    return [each for each in names if each == APP or each.startswith(f"{APP}-{STAGE}")]

"""The end of a stage; in the order of these files it comes last."""

import boto3

from tests.e2e.deployment import Deployment


def test_down_leaves_nothing_but_the_secrets(deployment: Deployment) -> None:
    deployment.ops("down", "--yes")
    assert [name for name in everything() if name.startswith("wechalice-dev")] == []
    assert boto3.client("apigateway").get_rest_apis()["items"] == []
    found = boto3.client("ssm").get_parameters_by_path(Path="/wechalice/dev")["Parameters"]
    assert len(found) == 8


def everything() -> list[str]:
    """The names of all that has one."""
    queues = boto3.client("sqs").list_queues().get("QueueUrls", [])
    groups = boto3.client("logs").describe_log_groups()["logGroups"]
    return [
        *(each["FunctionName"] for each in boto3.client("lambda").list_functions()["Functions"]),
        *(each["RoleName"] for each in boto3.client("iam").list_roles()["Roles"]),
        *boto3.client("dynamodb").list_tables()["TableNames"],
        *(url.rpartition("/")[2] for url in queues),
        *(each["logGroupName"].rpartition("/")[2] for each in groups),
    ]

"""A function of the team's own is deployed beside the framework's, and does its work."""

import json

import boto3

from tests.e2e.deployment import Deployment, somebody
from tests.patience import wait_until

MORNING = """

from chalice.app import CloudWatchEvent

from chalicelib import bootstrap


@app.schedule("cron(0 1 * * ? *)")
def morning(event: CloudWatchEvent) -> None:
    followers = bootstrap.api().followers().openids
    assert event.detail["openid"] in followers
    bootstrap.send(event.detail["openid"], bootstrap.secret("greeting"))
"""
EVENT = dict.fromkeys(["version", "id", "account", "time", "region", "source", "detail-type"], "")


def test_a_schedule_reads_secrets_calls_wechat_and_sends_messages_by_the_policy_it_was_given(
    deployment: Deployment,
) -> None:
    boto3.client("ssm").put_parameter(
        Name="/wechalice/dev/own/greeting", Value="good morning", Type="SecureString"
    )
    with (deployment.project / "app.py").open("a") as app:
        app.write(MORNING)
    deployment.types("function", "add", "morning")
    deployment.ops("deploy")
    user = somebody()
    deployment.write("fast", user)  # which opens the window for messages
    done = boto3.client("lambda").invoke(
        FunctionName="wechalice-dev-morning",
        Payload=json.dumps({**EVENT, "resources": [], "detail": {"openid": user}}),
    )
    assert done.get("FunctionError") is None, done["Payload"].read()
    wait_until(lambda: deployment.heard(user) == ["good morning"])

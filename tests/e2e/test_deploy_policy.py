"""Whoever deploys needs what their policy allows, and nothing else."""

import json
from dataclasses import dataclass, replace
from typing import Any

import boto3
import pytest

from ops import deploy_policy
from ops.target import Target
from tests.e2e.deployment import Deployment
from tests.e2e.emulator import ASKED
from tests.e2e.test_cloudformation import keep_secrets

STAGE = "kiosk"
USER = "deployer"

BY_CLOUDFORMATION = """
    cloudwatch:DeleteAlarms cloudwatch:DeleteDashboards cloudwatch:GetDashboard
    cloudwatch:ListTagsForResource cloudwatch:PutDashboard cloudwatch:PutMetricAlarm
    cloudwatch:TagResource cloudwatch:UntagResource
    dynamodb:CreateTable dynamodb:DeleteTable dynamodb:ListTagsOfResource dynamodb:TagResource
    dynamodb:UntagResource dynamodb:UpdateTable
    logs:CreateLogGroup logs:DeleteLogGroup logs:ListTagsForResource logs:TagResource
    logs:UntagResource
    sns:CreateTopic sns:DeleteTopic sns:ListTagsForResource sns:SetTopicAttributes sns:Subscribe
    sns:TagResource sns:Unsubscribe sns:UntagResource
    sqs:CreateQueue sqs:DeleteQueue sqs:ListQueueTags sqs:TagQueue sqs:UntagQueue
"""
"""MiniStack's makes resources without asking anybody; AWS's asks the policy of its caller. So it
is with the network of a fixed exit (ec2)."""
OF_SCHEDULES = """
    events:DeleteRule events:DescribeRule events:ListTargetsByRule events:PutRule events:PutTargets
    events:RemoveTargets events:TagResource lambda:RemovePermission
"""
AT_ANOTHER_TIME = """
    cloudformation:ContinueUpdateRollback cloudformation:DescribeStackEvents
    cloudformation:GetTemplate
    cloudwatch:EnableAlarmActions
    iam:UntagRole
    lambda:DeleteEventSourceMapping lambda:DeleteFunctionConcurrency
    lambda:UpdateEventSourceMapping
    logs:PutRetentionPolicy
    sns:GetSubscriptionAttributes sqs:SetQueueAttributes
"""
"""Of a stack that is stuck, a third deploy, another region, what was broken by hand."""
NOT_ASKED_ABOUT = """
    iam:PassRole lambda:DeleteAlias lambda:GetAccountSettings lambda:GetEventSourceMapping
    lambda:GetFunctionConcurrency lambda:UpdateAlias
"""
"""MiniStack asks for nothing, or for another action."""


@dataclass(frozen=True)
class Deployer:
    """Somebody who may do what their policy allows, and their new stage."""

    stage: Deployment
    key: str
    iam: Any

    @property
    def policy(self) -> Any:
        return deploy_policy.document(Target(STAGE, self.stage.project))

    def may(self, *, without: str = "") -> None:
        """They may do what the policy says from now on, without an action.

        MiniStack does not know of which function an event source is.
        """
        document = self.policy
        for each in document["Statement"]:
            each["Action"] = [action for action in each["Action"] if action != without]
            if "ArnLike" in each.get("Condition", {}):
                del each["Condition"]
        self.iam.put_user_policy(
            UserName=USER, PolicyName=USER, PolicyDocument=json.dumps(document)
        )

    def asked(self) -> set[str]:
        """The actions for which the emulator has asked their policy."""
        file = self.stage.project.with_name(ASKED)
        lines = [line.split() for line in file.read_text().splitlines()]
        return {action for key, action, *_ in lines if key == self.key}


@pytest.fixture
def deployer(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> Deployer:
    stage = replace(deployment, stage=STAGE)
    deployment.types("stage", STAGE, "--like", deployment.stage)
    stage.configure()
    keep_secrets(deployment.stage, STAGE)
    iam = boto3.client("iam")
    iam.create_user(UserName=USER)
    key = iam.create_access_key(UserName=USER)["AccessKey"]
    deployer = Deployer(stage, key["AccessKeyId"], iam)
    deployer.may()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
    return deployer


def test_a_stage_is_deployed_looked_at_and_taken_down_with_it_and_needs_all_of_it(
    deployer: Deployer,
) -> None:
    stage = deployer.stage
    unasked = ("--fixed-exit", "none", "--alarm-email", "none", "--yes")
    stage.ops("deploy", *unasked)
    stage.configure(release=2)
    stage.ops("deploy", "--watch", "1s", *unasked)
    deployer.may(without="lambda:UpdateFunctionCode")
    assert "did not go back" in stage.fails("deploy", "--previous", "--yes")
    deployer.may()
    stage.ops("deploy", "--previous", "--yes")
    stage.ops("doctor")
    stage.ops("status")
    stage.ops("down", "--yes")
    allowed = {action for each in deployer.policy["Statement"] for action in each["Action"]}
    network = {action for action in allowed if action.startswith("ec2:")}
    listed = " ".join([BY_CLOUDFORMATION, OF_SCHEDULES, AT_ANOTHER_TIME, NOT_ASKED_ABOUT]).split()
    assert allowed - deployer.asked() == {*listed, *network}

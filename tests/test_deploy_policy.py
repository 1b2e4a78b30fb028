"""The policy of whoever deploys: enough for every template, and about nothing but the stage."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from ops import deploy_policy, template
from ops.target import Target, read_config, write_config
from tests.project import PROJECT, sample_project

NEEDED: Mapping[str, str] = {
    "AWS::CloudWatch::Alarm": "cloudwatch:PutMetricAlarm cloudwatch:DeleteAlarms",
    "AWS::CloudWatch::Dashboard": "cloudwatch:PutDashboard cloudwatch:DeleteDashboards",
    "AWS::DynamoDB::Table": "dynamodb:CreateTable dynamodb:UpdateTable dynamodb:DeleteTable",
    "AWS::EC2::EIP": "ec2:AllocateAddress ec2:ReleaseAddress",
    "AWS::EC2::InternetGateway": "ec2:CreateInternetGateway ec2:DeleteInternetGateway",
    "AWS::EC2::NatGateway": "ec2:CreateNatGateway ec2:DeleteNatGateway",
    "AWS::EC2::Route": "ec2:CreateRoute ec2:DeleteRoute",
    "AWS::EC2::RouteTable": "ec2:CreateRouteTable ec2:DeleteRouteTable",
    "AWS::EC2::SecurityGroup": "ec2:CreateSecurityGroup ec2:AuthorizeSecurityGroupEgress "
    "ec2:RevokeSecurityGroupEgress ec2:DeleteSecurityGroup",
    "AWS::EC2::Subnet": "ec2:CreateSubnet ec2:DeleteSubnet",
    "AWS::EC2::SubnetRouteTableAssociation": "ec2:AssociateRouteTable ec2:DisassociateRouteTable",
    "AWS::EC2::VPC": "ec2:CreateVpc ec2:ModifyVpcAttribute ec2:DeleteVpc",
    "AWS::EC2::VPCEndpoint": "ec2:CreateVpcEndpoint ec2:DeleteVpcEndpoints",
    "AWS::EC2::VPCGatewayAttachment": "ec2:AttachInternetGateway ec2:DetachInternetGateway",
    "AWS::Logs::LogGroup": "logs:CreateLogGroup logs:PutRetentionPolicy logs:DeleteLogGroup",
    "AWS::SNS::Subscription": "sns:Subscribe sns:Unsubscribe",
    "AWS::SNS::Topic": "sns:CreateTopic sns:SetTopicAttributes sns:DeleteTopic",
    "AWS::SQS::Queue": "sqs:CreateQueue sqs:SetQueueAttributes sqs:DeleteQueue",
    "AWS::SQS::QueuePolicy": "sqs:SetQueueAttributes",
}
"""What CloudFormation calls to make, change and delete each kind of resource."""
WITHOUT_NAMES = {"Look", "LookAtAlarms", "AskAboutOneself"}
"""Statements about what is listed with what others have, and about whoever deploys."""
WITH_CONDITIONS = {"EventSources", "OnlyByStacks"}
"""Statements about what has no name that a stage could be told by."""
A_MANAGED_POLICY = 6144


@pytest.fixture
def prod(tmp_path: Path) -> Target:
    target = Target("prod", tmp_path)
    target.config_file.parent.mkdir()
    target.config_file.write_text((sample_project() / ".chalice" / "config.json").read_text())
    return target


def statements(target: Target) -> Iterator[dict[str, Any]]:
    yield from deploy_policy.document(target)["Statement"]


def allowed(target: Target) -> set[str]:
    return {action for each in statements(target) for action in each["Action"]}


def test_it_is_enough_for_each_kind_of_resource_in_our_templates(prod: Target) -> None:
    files = (PROJECT / "ops" / "resources.yaml", PROJECT / "ops" / "fixed_exit.yaml")
    resources = [template.read(file.read_text())["Resources"].values() for file in files]
    kinds = {each["Type"] for group in resources for each in group}
    assert kinds == NEEDED.keys()
    assert {action for kind in kinds for action in NEEDED[kind].split()} <= allowed(prod)


def test_it_is_about_the_stage_alone_where_aws_knows_names(prod: Target) -> None:
    for each in statements(prod):
        if each["Sid"] in WITHOUT_NAMES | WITH_CONDITIONS:
            continue
        for arn in each["Resource"]:
            named = "wechalice-prod|/wechalice/prod/|::/restapis|::/tags/|:aws:transform/"
            assert re.search(named, arn)


def test_what_has_no_names_of_its_own_is_only_looked_at(prod: Target) -> None:
    nameless = [each for each in statements(prod) if each["Sid"] in WITHOUT_NAMES]
    verbs = {action.partition(":")[2] for each in nameless for action in each["Action"]}
    assert {re.match("[A-Z][a-z]+", each)[0] for each in verbs} == {  # type: ignore[index]
        "Describe",
        "Get",
        "List",
        "Simulate",
    }


def test_event_sources_are_changed_of_the_stages_functions_alone(prod: Target) -> None:
    (sources,) = [each for each in statements(prod) if each["Sid"] == "EventSources"]
    function = "arn:*:lambda:*:*:function:wechalice-prod-*"
    assert sources["Condition"] == {"ArnLike": {"lambda:FunctionArn": [function]}}


def test_a_network_is_changed_by_the_stages_stacks_alone(prod: Target) -> None:
    by_stacks = {"ForAnyValue:StringLike": {"aws:CalledVia": "cloudformation.*"}}
    for each in statements(prod):
        if any(action.startswith("ec2:") for action in each["Action"]):
            only_looks = each["Sid"] == "Look"
            assert only_looks or each["Condition"] == by_stacks


def test_it_may_expand_the_transform_of_our_templates(prod: Target) -> None:
    transforms = {
        template.read((PROJECT / "ops" / name).read_text()).get("Transform")
        for name in ("resources.yaml", "fixed_exit.yaml")
    }
    (stacks,) = [each for each in statements(prod) if each["Sid"] == "Stacks"]
    assert transforms == {None, "AWS::LanguageExtensions"}
    assert "arn:*:cloudformation:*:aws:transform/LanguageExtensions" in stacks["Resource"]


def test_it_reads_no_user_and_no_job_and_changes_no_secret(prod: Target) -> None:
    theirs = {"dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan", "sqs:ReceiveMessage"}
    assert allowed(prod).isdisjoint(theirs | {"dynamodb:UpdateItem"})
    (written,) = [each for each in statements(prod) if "ssm:PutParameter" in each["Action"]]
    assert written["Resource"] == ["arn:*:ssm:*:*:parameter/wechalice/prod/policies/*"]
    wide = {action for action in allowed(prod) if "*" in action}
    assert wide == {"ec2:Describe*"}


def test_roles_are_handed_to_lambda_alone(prod: Target) -> None:
    (hand_over,) = [each for each in statements(prod) if "iam:PassRole" in each["Action"]]
    assert hand_over["Action"] == ["iam:PassRole"]
    condition = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
    assert hand_over["Condition"] == condition


def test_it_names_the_account_of_a_stage_that_is_pinned_to_one(prod: Target) -> None:
    config = read_config(prod.config_file)
    config["stages"]["prod"]["account"] = "123456789012"
    write_config(prod.config_file, config)
    arns = [arn for each in statements(prod) for arn in each["Resource"] if arn != "*"]
    others = {arn.split(":")[2] for arn in arns if ":123456789012:" not in arn}
    assert others == {"apigateway", "cloudformation"}, "APIs have none, a transform is AWS's"


def test_it_fits_into_a_managed_policy(prod: Target) -> None:
    document = deploy_policy.document(prod)
    assert len(json.dumps(document, separators=(",", ":"))) <= A_MANAGED_POLICY

"""`up` makes again what somebody has deleted by hand, and says what is lost."""

import json

import boto3
import pytest

from ops import leftovers, losses, network_presence, presence, stack
from ops import template as templates
from ops.presence import Resource
from ops.template import FIXED_EXIT, RESOURCES
from tests import breaks
from tests.ops.operator import Operator
from tests.patience import wait_until

LOG = {"Resources": {"Log": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "l"}}}}

KINDS = {each["Type"] for each in templates.read(FIXED_EXIT.read_text())["Resources"].values()}


def gone(operator: Operator) -> set[str]:
    target = operator.target
    return {each.logical for each in presence.gone(RESOURCES.read_text(), target, target.stack)}


def test_what_is_lost_is_told_before_anything_is_changed(standing: Operator) -> None:
    breaks.delete_state(standing.target)
    refused = standing.types("up", "--fixed-exit", "none", answers="n\n")
    assert refused.exit_code == 1
    assert "lost with it: which pushes were answered" in refused.stdout
    assert "without what is lost?" in refused.stderr
    assert "State" in stack.resources(standing.target.stack)
    assert gone(standing) == {"State"}


def test_a_queue_keeps_its_jobs_when_another_one_is_made_again(standing: Operator) -> None:
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=standing.target.settings.long_queue)["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="1", MessageGroupId="1", MessageDeduplicationId="1")
    breaks.delete_dead_letter_queue(standing.target)
    made = standing.types("up", "--yes", "--fixed-exit", "none")
    assert made.exit_code == 0, made.output
    assert gone(standing) == set()
    kept = sqs.receive_message(QueueUrl=url, VisibilityTimeout=0).get("Messages", [])
    assert [each["Body"] for each in kept] == ["1"]


def test_logs_that_were_deleted_are_not_taken_for_logs_without_the_push(
    standing: Operator,
) -> None:
    breaks.delete_log(standing.target)
    result = standing.types("logs", "3f9a1c")
    assert result.exit_code == 1
    assert f"There is no log /aws/lambda/{standing.target.function('worker')} in" in result.stderr
    assert f"python -m ops up --stage {standing.stage}" in result.stderr


def test_who_got_alarms_is_asked_again(operator: Operator) -> None:
    address = ("--alarm-email", "ops@example.com")
    operator.types("up", "--yes", "--fixed-exit", "none", *address)
    breaks.delete_topic(operator.target)
    assert gone(operator) == {"Alarms", "AlarmsByEmail"}
    assert operator.types("up", "--yes", "--fixed-exit", "none").exit_code == 0
    topic = stack.ids(operator.target.stack)["Alarms"]
    (found,) = boto3.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert found["Endpoint"] == "ops@example.com"


def test_each_part_of_a_fixed_exit_that_is_gone_is_made_again(operator: Operator) -> None:
    target, ec2 = operator.target, boto3.client("ec2")
    operator.types("up", "--yes", "--fixed-exit", "vpc")
    ids = stack.ids(target.exit_stack)
    ec2.disassociate_route_table(AssociationId=ids["PrivateSubnetARoutes"])
    ec2.delete_route(RouteTableId=ids["PublicRoutes"], DestinationCidrBlock="0.0.0.0/0")
    ec2.detach_internet_gateway(InternetGatewayId=ids["Internet"], VpcId=ids["Network"])
    ec2.delete_vpc_endpoints(VpcEndpointIds=[ids["S3Endpoint"]])
    breaks.delete_nat_gateway(target)
    lost = {"PrivateSubnetARoutes", "PublicRoute", "InternetAttached", "S3Endpoint", "Exit"}
    text = FIXED_EXIT.read_text()
    assert {each.logical for each in presence.gone(text, target, target.exit_stack)} == lost
    made = operator.types("up", "--yes")
    assert made.exit_code == 0, made.output
    assert presence.gone(text, target, target.exit_stack) == []


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_what_nobody_has_made_is_not_taken_for_something_there(aws: str, kind: str) -> None:
    assert network_presence.among(kind, ["nothing|nothing"]) == set()


def test_what_an_older_release_has_not_made_is_not_told_as_lost(operator: Operator) -> None:
    whole = templates.read(RESOURCES.read_text())
    known = {name: each for name, each in whole["Resources"].items() if name == "DoorLogs"}
    older = json.dumps({**whole, "Resources": known, "Outputs": {}})
    boto3.client("cloudformation").create_stack(
        StackName=operator.target.stack,
        TemplateBody=older,
        Parameters=[{"ParameterKey": "Stage", "ParameterValue": operator.stage}],
    )
    wait_until(lambda: operator.stack_status() == "CREATE_COMPLETE")
    report = operator.types("doctor").stdout
    assert f"there is no wechalice-{operator.stage}-state (Table)" in report
    assert "lost with it" not in report


def test_what_refers_to_something_lost_says_what_it_was_called() -> None:
    text = json.dumps(
        {
            "Resources": {
                "Dead": {"Type": "AWS::SQS::Queue"},
                "Topic": {"Type": "AWS::SNS::Topic"},
                "Jobs": {
                    "DependsOn": "Dead",
                    "Redrive": {"Fn::GetAtt": ["Dead", "Arn"]},
                    "Names": [{"Fn::GetAtt": ["Dead", "QueueName"]}, {"Ref": "Topic"}],
                },
            }
        }
    )
    lost = [Resource("AWS::SQS::Queue", "Dead", "d"), Resource("AWS::SNS::Topic", "Topic", "t")]
    home = "arn:aws-cn:cloudformation:cn-north-1:1:stack/s/1"
    rest = losses.without(text, lost, {"Dead": "https://d", "Topic": "arn:t"}, home)
    jobs = {"Redrive": "arn:aws-cn:sqs:cn-north-1:1:d", "Names": ["d", "arn:t"]}
    assert json.loads(rest) == {"Resources": {"Jobs": jobs}}


def test_a_stack_of_which_nothing_is_left_is_made_from_nothing(operator: Operator) -> None:
    name, log = operator.target.stack, boto3.client("logs")
    boto3.client("cloudformation").create_stack(StackName=name, TemplateBody=json.dumps(LOG))
    wait_until(lambda: stack.status(name) == "CREATE_COMPLETE")
    log.delete_log_group(logGroupName="l")
    lost = losses.found(json.dumps(LOG), operator.target, name)
    losses.forget(name, lost, print)
    assert stack.status(name) is None
    assert leftovers.found(json.dumps(LOG), operator.target, name) == []

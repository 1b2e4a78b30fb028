"""`up` makes a stage's resources, says what it changes, and recovers what failed before."""

import json

import boto3
import pytest

from ops import changes, dead_letters, fixed_exit, leftovers, stack
from ops import template as templates
from ops.region import region
from ops.target import WORKERS, read_config
from tests.ops.operator import Operator
from tests.patience import wait_until
from tests.stage import RESOURCES

FAILING = json.dumps(
    {
        "Resources": {
            "Nobody": {
                "Type": "Custom::Nobody",
                "Properties": {
                    "ServiceToken": "arn:aws:lambda:us-east-1:000000000000:function:nobody",
                    "ServiceTimeout": 1,
                },
            }
        }
    }
)
EXIT = json.dumps(
    {
        "Resources": {"Any": {"Type": "AWS::Logs::LogGroup"}},
        "Outputs": {
            "Address": {"Value": "203.0.113.7"},
            "SubnetIds": {"Value": "subnet-a,subnet-b"},
            "SecurityGroupId": {"Value": "sg-1"},
        },
    }
)


def make_exit(operator: Operator) -> None:
    """A fixed exit that exists only in the outputs of its stack."""
    name = operator.target.exit_stack
    boto3.client("cloudformation").create_stack(StackName=name, TemplateBody=EXIT)
    wait_until(lambda: stack.status(name) == "CREATE_COMPLETE")


def test_it_makes_what_the_stage_stands_on_and_shows_it_before(operator: Operator) -> None:
    result = operator.types("up", "--yes", "--fixed-exit", "none")
    assert result.exit_code == 0, result.output
    assert "Add" in result.stdout
    assert "AWS::SQS::Queue" in result.stdout
    assert f"{operator.target.stack}-push-refused" in result.stdout, "as AWS calls it elsewhere"
    sqs = boto3.client("sqs")
    for queue in operator.target.queues:
        url = sqs.get_queue_url(QueueName=queue.name)["QueueUrl"]
        found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]
        assert "aws:SecureTransport" in found["Policy"]
    assert operator.stack_status() == "CREATE_COMPLETE"
    cloudwatch = boto3.client("cloudwatch")
    dashboard = cloudwatch.get_dashboard(DashboardName=operator.target.stack)["DashboardBody"]
    assert {each["properties"]["region"] for each in json.loads(dashboard)["widgets"]} == {region()}


def test_a_second_time_there_is_nothing_to_change(standing: Operator) -> None:
    again = standing.types("up", "--fixed-exit", "none")
    assert again.exit_code == 0, again.output
    assert "nothing to change" in again.stdout


def test_it_asks_before_it_changes_production(operator: Operator) -> None:
    refused = operator.types("up", "--fixed-exit", "none", answers="n\n")
    assert refused.exit_code == 1
    assert "AWS::SQS::Queue" in refused.stdout
    assert operator.stack_status() is None


def test_time_to_live_that_somebody_switched_off_is_on_again(standing: Operator) -> None:
    dynamodb, table = boto3.client("dynamodb"), standing.target.settings.state_table
    dynamodb.update_time_to_live(
        TableName=table,
        TimeToLiveSpecification={"Enabled": False, "AttributeName": "expires"},
    )
    again = standing.types("up", "--yes", "--fixed-exit", "none")
    assert f"time to live of {table}" in again.stdout
    found = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    assert found["TimeToLiveStatus"] in ("ENABLED", "ENABLING")


def test_backups_that_somebody_switched_off_are_on_again(standing: Operator) -> None:
    dynamodb, table = boto3.client("dynamodb"), standing.target.settings.profiles_table
    dynamodb.update_continuous_backups(
        TableName=table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False}
    )
    again = standing.types("up", "--yes", "--fixed-exit", "none")
    assert f"point-in-time recovery of {table}" in again.stdout
    found = dynamodb.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    assert found["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"


def test_what_is_taken_over_stays_whatever_becomes_of_the_stack() -> None:
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"FifoQueue": True}}
    resources = dict.fromkeys(("Left", "New"), queue)
    alone = leftovers.template_of(
        json.dumps({"Resources": resources, "Outputs": {"Any": {}}}),
        [
            {
                "ResourceType": "AWS::SQS::Queue",
                "LogicalResourceId": "Left",
                "ResourceIdentifier": {},
            }
        ],
    )
    kept = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    assert json.loads(alone) == {"Resources": {"Left": {**queue, **kept}}}


def test_a_stack_that_could_not_be_created_is_made_again(operator: Operator) -> None:
    cloudformation = boto3.client("cloudformation")
    cloudformation.create_stack(StackName=operator.target.stack, TemplateBody=FAILING)
    wait_until(lambda: operator.stack_status() in stack.NEVER_WORKED)
    result = operator.types("up", "--yes", "--fixed-exit", "none")
    assert result.exit_code == 0, result.output
    assert operator.stack_status() == "CREATE_COMPLETE"


def test_what_an_earlier_stack_left_behind_is_taken_over(standing: Operator) -> None:
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=standing.target.settings.jobs_queue)["QueueUrl"]
    sqs.send_message(
        QueueUrl=url, MessageBody="kept", MessageGroupId="1", MessageDeduplicationId="1"
    )
    assert standing.types("down", "--yes").exit_code == 0
    assert standing.stack_status() is None
    again = standing.types("up", "--yes", "--fixed-exit", "none")
    assert again.exit_code == 0, again.output

    kept = sqs.receive_message(QueueUrl=url, VisibilityTimeout=0).get("Messages", [])
    assert [each["Body"] for each in kept] == ["kept"]


def test_a_queue_whose_dead_letter_queue_is_lost_is_taken_over_and_gets_another(
    standing: Operator,
) -> None:
    assert standing.types("down", "--yes").exit_code == 0
    sqs, (jobs, _) = boto3.client("sqs"), standing.target.queues
    sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName=jobs.dead_letters)["QueueUrl"])
    again = standing.types("up", "--yes", "--fixed-exit", "none")
    assert again.exit_code == 0, again.output
    attributes = dead_letters.attributes(standing.target, jobs.name)
    assert json.loads(attributes["RedrivePolicy"])["deadLetterTargetArn"].endswith(
        f":{jobs.dead_letters}"
    )
    assert dead_letters.count(standing.target) == 0


def test_what_an_older_release_takes_out_of_the_stack_is_taken_back(standing: Operator) -> None:
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=standing.target.settings.long_queue)["QueueUrl"]
    sqs.send_message(
        QueueUrl=url, MessageBody="kept", MessageGroupId="1", MessageDeduplicationId="1"
    )
    whole = templates.read(RESOURCES.read_text())
    known = {name: each for name, each in whole["Resources"].items() if "Long" not in name}
    older = json.dumps({**whole, "Resources": known})
    planned = changes.plan(standing.target.stack, older, {"Stage": standing.stage})
    assert planned
    changes.apply(planned, print)
    again = standing.types("up", "--yes", "--fixed-exit", "none")
    assert again.exit_code == 0, again.output
    kept = sqs.receive_message(QueueUrl=url, VisibilityTimeout=0).get("Messages", [])
    assert [each["Body"] for each in kept] == ["kept"]
    assert {"LongJobs", "DeadLongJobs", "LongWorkerLogs"} <= stack.resources(standing.target.stack)


def test_production_without_a_fixed_exit_is_told_the_price_of_one(operator: Operator) -> None:
    result = operator.types("up", answers="none\ny\n")
    assert result.exit_code == 0, result.output
    assert "37 USD a month" in result.stderr
    assert "40164" in result.stdout


def test_a_script_has_to_say_which_fixed_exit_production_gets(operator: Operator) -> None:
    result = operator.types("up", "--yes")
    assert result.exit_code == 2
    assert "--fixed-exit vpc" in result.stderr
    assert operator.stack_status() is None


def test_a_proxy_gets_into_the_configuration(operator: Operator) -> None:
    proxy = "https://wechat-proxy.example.com"
    result = operator.types("up", "--yes", "--fixed-exit", f"proxy:{proxy}/")
    assert result.exit_code == 0, result.output
    assert operator.target.settings.wechat_api_url == proxy
    assert "IP" in result.stdout
    assert "uses its fixed exit from" in result.stdout
    assert operator.types("up", "--yes").exit_code == 0, "it is asked for once"


def test_none_takes_a_proxy_away_but_no_stand_in_on_this_machine(operator: Operator) -> None:
    none = ("up", "--yes", "--fixed-exit", "none")
    operator.configure(WECHAT_API_URL="https://wechat-proxy.example.com")
    assert "has no fixed exit" in operator.types(*none).stdout
    assert operator.target.settings.wechat_api_url == fixed_exit.WECHAT
    operator.configure(WECHAT_API_URL="http://127.0.0.1:8080")
    assert operator.types(*none).exit_code == 0
    assert operator.target.settings.wechat_api_url == "http://127.0.0.1:8080"
    assert "uses its fixed exit from" not in operator.types("up", "--yes").stderr


def test_the_configuration_is_left_alone_where_nothing_changes(operator: Operator) -> None:
    operator.configure(WECHAT_API_URL="https://wechat-proxy.example.com")
    before = operator.target.config_file.read_text()
    assert operator.types("up", "--yes").exit_code == 0
    assert operator.target.config_file.read_text() == before


def test_with_a_vpc_the_workers_alone_run_in_it(operator: Operator) -> None:
    make_exit(operator)
    before = operator.target.stage_config["lambda_functions"]
    fixed_exit.use_vpc(operator.target, operator.target)
    described = read_config(operator.target.config_file)["stages"][operator.stage]
    assert described["lambda_functions"]["api_handler"] == before["api_handler"]
    for worker in WORKERS:
        assert described["lambda_functions"][worker] == before[worker] | {
            "subnet_ids": ["subnet-a", "subnet-b"],
            "security_group_ids": ["sg-1"],
        }
    assert "subnet_ids" not in described
    assert fixed_exit.way(operator.target) == fixed_exit.VPC
    assert fixed_exit.address(operator.target) == "203.0.113.7"


def test_a_proxy_takes_the_workers_out_of_the_vpc_which_still_costs(operator: Operator) -> None:
    make_exit(operator)
    before = operator.target.stage_config["lambda_functions"]
    fixed_exit.use_vpc(operator.target, operator.target)
    result = operator.types("up", "--yes", "--fixed-exit", "proxy:https://proxy.example.com")
    assert result.exit_code == 0, result.output
    assert f"delete-stack --stack-name {operator.target.exit_stack}" in result.stdout
    described = read_config(operator.target.config_file)["stages"][operator.stage]
    assert described["lambda_functions"] == before


def test_a_vpc_takes_the_place_of_a_proxy(operator: Operator) -> None:
    operator.configure(WECHAT_API_URL="https://wechat-proxy.example.com")
    make_exit(operator)
    fixed_exit.use_vpc(operator.target, operator.target)
    assert operator.target.settings.wechat_api_url == fixed_exit.WECHAT


def test_who_wants_no_fixed_exit_any_more_gets_none(operator: Operator) -> None:
    make_exit(operator)
    fixed_exit.use_vpc(operator.target, operator.target)
    result = operator.types("up", "--yes", "--fixed-exit", "none")
    assert result.exit_code == 0, result.output
    assert fixed_exit.way(operator.target) == fixed_exit.NONE
    assert f"delete-stack --stack-name {operator.target.exit_stack}" in result.stdout
    assert "40164" in result.stdout


def test_dev_is_asked_only_before_something_is_destroyed(operator: Operator) -> None:
    dev = Operator(operator.project, "dev")
    dev.configure()
    template = {"Resources": {"Old": {"Type": "AWS::Logs::LogGroup"}}}
    boto3.client("cloudformation").create_stack(
        StackName=dev.target.stack, TemplateBody=json.dumps(template)
    )
    wait_until(lambda: dev.stack_status() == "CREATE_COMPLETE")
    refused = dev.types("up", answers="n\n")
    assert refused.exit_code == 1
    assert "Remove" in refused.stdout
    assert dev.types("up", answers="y\n").exit_code == 0
    assert dev.types("up").exit_code == 0


@pytest.mark.parametrize("wish", ["vcp", "proxy:", "proxy:http://example.com", "proxy:ftp://x"])
def test_a_fixed_exit_that_is_none_is_refused(operator: Operator, wish: str) -> None:
    result = operator.types("up", "--yes", "--fixed-exit", wish)
    assert result.exit_code == 2
    assert operator.stack_status() is None


def test_alarms_are_sent_to_nothing_but_an_address(operator: Operator) -> None:
    result = operator.types("up", "--yes", "--alarm-email", "nomail")
    assert result.exit_code == 2
    assert "nomail is no e-mail address" in result.stderr


def test_an_unknown_stage_is_told_with_what_makes_it(operator: Operator) -> None:
    nobody = Operator(operator.project, "nobody")
    result = nobody.types("up")
    assert result.exit_code == 2
    assert "python -m ops stage nobody" in result.stderr

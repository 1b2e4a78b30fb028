"""`doctor` finds what is wrong with a stage's resources in AWS."""

import json
import re

import boto3
import pytest

from ops import logs
from tests.backends import Answer, backend
from tests.ops.doctor import examine, states
from tests.ops.letters import log
from tests.ops.operator import Operator
from tests.simulated import Side


@pytest.mark.parametrize(
    ("status", "state", "do"),
    [
        ("UPDATE_COMPLETE", "ok", ""),
        ("UPDATE_ROLLBACK_COMPLETE", "ok", ""),
        ("CREATE_IN_PROGRESS", "warn", "Wait, and look again"),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "warn", "Wait, and look again"),
        ("REVIEW_IN_PROGRESS", "fail", "python -m ops up"),
        ("ROLLBACK_COMPLETE", "fail", "python -m ops up"),
        ("UPDATE_ROLLBACK_FAILED", "fail", "python -m ops up"),
    ],
)
def test_a_stack_is_waited_for_or_recovered_as_its_state_requires(
    operator: Operator, monkeypatch: pytest.MonkeyPatch, status: str, state: str, do: str
) -> None:
    stack = f"<StackName>any</StackName><StackStatus>{status}</StackStatus>"
    told = f"<Stacks><member>{stack}</member></Stacks>"
    answers = f"<DescribeStacksResult>{told}</DescribeStacksResult><ListStackResourcesResult>"
    nothing = "<StackResourceSummaries/></ListStackResourcesResult>"
    with backend(Answer(f"<a>{answers}{nothing}</a>")) as aws:
        monkeypatch.setenv("AWS_ENDPOINT_URL_CLOUDFORMATION", aws.url)
        (found,) = examine(operator)["stack"]
    assert (found["state"], do in found["do"]) == (state, True)
    assert status in found["found"]


def test_jobs_that_would_come_again_too_early_are_found(operator: Operator, side: Side) -> None:
    sqs = boto3.client("sqs")
    for queue in operator.target.queues:
        url = sqs.get_queue_url(QueueName=queue.name)["QueueUrl"]
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "59"})
    jobs, long_jobs = examine(operator)["queue"]
    assert (jobs["state"], long_jobs["state"]) == ("fail", "fail")
    assert "not 60 s" in jobs["found"]
    assert "not 900 s" in long_jobs["found"]


def test_a_worker_that_may_take_longer_than_its_queue_waits_is_found_and_not_deployed(
    operator: Operator, side: Side
) -> None:
    config = json.loads(operator.target.config_file.read_text())
    described = config["stages"][operator.stage]["lambda_functions"]
    described["worker"]["lambda_timeout"] = 120
    operator.target.config_file.write_text(json.dumps(config))
    told, *others = examine(operator)["queue"]
    assert told["state"] == "fail"
    assert "Set lambda_timeout of worker to 60" in told["do"]
    assert {each["state"] for each in others} == {"ok"}
    refused = operator.types("deploy", "--yes")
    assert refused.exit_code == 1
    assert "Set lambda_timeout of worker to 60" in refused.stderr


def test_jobs_that_are_put_aside_too_early_are_found(operator: Operator, side: Side) -> None:
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=operator.target.settings.jobs_queue)["QueueUrl"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])["Attributes"]
    policy = {**json.loads(found["RedrivePolicy"]), "maxReceiveCount": 5}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": json.dumps(policy)})
    assert states(operator, "queue") == {"fail", "ok"}


def test_a_queue_that_never_gives_up_is_found(operator: Operator, side: Side) -> None:
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=operator.target.settings.jobs_queue)["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": ""})
    assert states(operator, "queue") == {"fail", "ok"}


def test_a_policy_that_was_changed_by_hand_is_found(operator: Operator, side: Side) -> None:
    role = f"{operator.target.door}-worker"
    allowed = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    everything = {"Version": "2012-10-17", "Statement": [allowed]}
    boto3.client("iam").put_role_policy(
        RoleName=role, PolicyName=role, PolicyDocument=json.dumps(everything)
    )
    assert states(operator, "policies") == {"ok", "fail"}


def test_a_policy_file_that_is_missing_is_found(operator: Operator, side: Side) -> None:
    operator.target.config_file.with_name(f"policy-{operator.stage}-door.json").unlink()
    (found,) = examine(operator)["policies"]
    assert found["state"] == "fail"
    assert found["do"] == "python -m ops upgrade"


def test_a_function_that_runs_with_an_old_configuration_is_found(
    operator: Operator, side: Side
) -> None:
    operator.configure(WECHAT_API_URL=side.address, LATE_ANSWERS="passive")
    found = examine(operator)["functions"]
    assert {each["state"] for each in found} == {"warn"}
    assert all("LATE_ANSWERS" in each["found"] for each in found)


def test_variables_that_are_gone_are_told_and_fail_where_defaults_do_something_else(
    operator: Operator, side: Side
) -> None:
    wanted = operator.target.environment
    kept = {key: wanted[key] for key in ("STAGE", "WECHAT_API_URL")}
    for function, variables in (("worker", kept), ("long_worker", {"STAGE": operator.stage})):
        boto3.client("lambda").update_function_configuration(
            FunctionName=operator.target.function(function), Environment={"Variables": variables}
        )
    door, worker, long_worker, caller = examine(operator)["functions"]
    assert (door["state"], caller["state"]) == ("ok", "ok")
    assert (worker["state"], long_worker["state"]) == ("warn", "fail")
    for each in (worker, long_worker):
        assert "lacks" in each["found"]
        assert "WECHAT_MODE" in each["found"]


def test_tables_that_never_lose_anything_are_found(operator: Operator, side: Side) -> None:
    boto3.client("dynamodb").update_time_to_live(
        TableName=operator.target.settings.state_table,
        TimeToLiveSpecification={"Enabled": False, "AttributeName": "expires"},
    )
    assert states(operator, "tables") == {"ok", "fail"}


def test_too_few_executions_at_once_are_found(operator: Operator, side: Side) -> None:
    config = json.loads(operator.target.config_file.read_text())
    config["stages"][operator.stage]["lambda_functions"] = {
        "api_handler": {"reserved_concurrency": 900}
    }
    operator.target.config_file.write_text(json.dumps(config))
    assert states(operator, "concurrency") == {"fail"}


def test_too_few_executions_for_door_and_worker_are_a_warning(
    operator: Operator, side: Side
) -> None:
    limit = boto3.client("lambda").get_account_settings()["AccountLimit"]["ConcurrentExecutions"]
    config = json.loads(operator.target.config_file.read_text())
    config["stages"][operator.stage]["lambda_functions"] = {
        "api_handler": {"reserved_concurrency": limit - 100}
    }
    operator.target.config_file.write_text(json.dumps(config))
    assert states(operator, "concurrency") == {"warn"}


@pytest.mark.parametrize(
    ("errcode", "reason", "told", "to_do"),
    [
        (48001, "api unauthorized", "refused a call of the backend with 48001", "未认证"),
        (0, "the parameter app-secret is missing", "could not call WeChat", "app-secret"),
    ],
)
def test_calls_of_the_worker_that_an_operator_must_fix_are_found_in_its_log(
    operator: Operator, side: Side, errcode: int, reason: str, told: str, to_do: str
) -> None:
    _, worker, *_ = logs.groups(operator.target)
    refused = {"event": "calls to WeChat fail until an operator acts", "OperatorMustAct": 1}
    log(operator, worker, 0, level="ERROR", **refused, errcode=errcode, reason=reason)
    (found,) = examine(operator)["refusals"]
    assert found["state"] == "warn"
    assert told in found["found"]
    assert re.search(r"last \d+ s ago$", found["found"])
    assert to_do in found["do"]


def test_dead_letters_of_both_queues_are_told(operator: Operator, side: Side) -> None:
    sqs = boto3.client("sqs")
    for queue in operator.target.queues:
        url = sqs.get_queue_url(QueueName=queue.dead_letters)["QueueUrl"]
        sqs.send_message(
            QueueUrl=url, MessageBody="1", MessageGroupId="1", MessageDeduplicationId="1"
        )
    (found,) = examine(operator)["dead letters"]
    assert (found["state"], found["found"][:2]) == ("warn", "2 ")
    assert "dead-letters list" in found["do"]

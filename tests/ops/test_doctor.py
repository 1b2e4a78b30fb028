"""`doctor` finds what is wrong with a stage, and says what to do about it."""

import json
import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from chalicelib.wechat.signatures import fits
from ops import fixed_exit, logs
from simulator.account import Account
from simulator.faults import IP_NOT_WHITELISTED, QUOTA_EXHAUSTED, SECRET_ROTATED, Fault
from tests.backends import Answer, Backend, Request, backend
from tests.ops import deployment
from tests.ops.operator import Operator
from tests.simulated import Side, wechat_side


@pytest.fixture
def account() -> Account:
    return Account.new()


@pytest.fixture
def side(operator: Operator, account: Account) -> Iterator[Side]:
    """WeChat's side, for the account of the operator's stage, which has all it needs."""
    assert operator.types("up", "--yes", "--fixed-exit", "none").exit_code == 0
    operator.keeps_secrets_of(account)
    keys = ("cookie-key", "ticket-key", "refresh-token-key")
    operator.types("secrets", "generate", *keys, "--yes")
    deploy(operator)
    with wechat_side(account) as side:
        operator.configure(WECHAT_API_URL=side.address)
        configure_functions(operator)
        yield side


@pytest.fixture
def door(account: Account) -> Iterator[Backend]:
    """A backend that knows the account's token."""

    def answer(request: Request) -> Answer:
        query = request.query
        signed = fits(query["signature"], account.token, query["timestamp"], query["nonce"])
        return Answer(query["echostr"]) if signed else Answer("forbidden", 403)

    with backend(answer) as running:
        yield running


def deploy(operator: Operator) -> None:
    """Leaves what Chalice would."""
    deployment.make(operator.target)
    file = operator.target.config_file.with_name(f"policy-{operator.stage}.json")
    for function in ("api_handler", "worker"):
        role = f"{operator.target.door}-{function}"
        boto3.client("iam").put_role_policy(
            RoleName=role, PolicyName=role, PolicyDocument=file.read_text()
        )


def configure_functions(operator: Operator) -> None:
    for name in (operator.target.door, operator.target.worker):
        boto3.client("lambda").update_function_configuration(
            FunctionName=name, Environment={"Variables": operator.target.environment}
        )


def examine(operator: Operator, door: Backend | None = None) -> dict[str, list[dict[str, Any]]]:
    """The findings by what was checked."""
    url = door.url.removesuffix("/wechat") if door else "http://127.0.0.1:1"
    found: dict[str, list[dict[str, Any]]] = {}
    for each in operator.reads("doctor", "--url", url):
        found.setdefault(each["check"], []).append(each)
    return found


def states(operator: Operator, check: str, door: Backend | None = None) -> set[str]:
    return {each["state"] for each in examine(operator, door)[check]}


def test_a_healthy_stage_fails_in_nothing(operator: Operator, side: Side, door: Backend) -> None:
    found = examine(operator, door)
    failed = [each for findings in found.values() for each in findings if each["state"] == "fail"]
    assert failed == []
    url = door.url.removesuffix("/wechat")
    assert operator.types("doctor", "--url", url).exit_code == 0
    assert {"clock", "secrets", "stack", "tables", "queue", "url", "token"} <= found.keys()


def test_what_is_wrong_is_told_with_what_to_do(operator: Operator) -> None:
    result = operator.types("doctor")
    assert result.exit_code == 1
    assert f"python -m ops up --stage {operator.stage}" in result.stdout
    assert f"python -m ops deploy --stage {operator.stage}" in result.stdout
    assert f"secrets set app-id --stage {operator.stage}" in result.stdout


def test_no_secret_stands_in_a_report(
    operator: Operator, side: Side, door: Backend, account: Account
) -> None:
    shown = operator.types("doctor", "--url", door.url.removesuffix("/wechat")).output
    assert account.token not in shown
    assert account.app_secret not in shown
    assert account.encoding_aes_key not in shown


def test_a_malformed_secret_is_found(operator: Operator, side: Side) -> None:
    operator.keeps("encoding-aes-key", "tooshort")
    (found,) = examine(operator)["secrets"]
    assert found["state"] == "fail"
    assert "43 characters" in found["found"]
    assert "tooshort" not in json.dumps(found)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (IP_NOT_WHITELISTED, "203.0.113.7"),
        (SECRET_ROTATED, "app-secret"),
        (QUOTA_EXHAUSTED, "quota"),
    ],
)
def test_why_wechat_hands_out_no_token_is_told(
    operator: Operator, side: Side, fault: Fault, said: str
) -> None:
    side.world.faults.turn_on(fault)
    (found,) = examine(operator)["token"]
    assert found["state"] == "fail"
    assert said in found["do"]


@pytest.mark.parametrize(
    ("address", "state"),
    [("198.51.100.9", "warn"), ("203.0.113.7", "fail")],
    ids=["ours", "its own"],
)
def test_behind_a_fixed_exit_its_address_has_to_be_known_and_ours_need_not(
    operator: Operator, side: Side, address: str, state: str
) -> None:
    template = {
        "Resources": {"Any": {"Type": "AWS::Logs::LogGroup"}},
        "Outputs": {"Address": {"Value": address}},
    }
    cloudformation = boto3.client("cloudformation")
    name = operator.target.exit_stack
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(template))
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
    )
    assert fixed_exit.address(operator.target) == address
    side.world.faults.turn_on(IP_NOT_WHITELISTED)
    (found,) = examine(operator)["token"]
    assert found["state"] == state
    assert address in found["do"]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer("forbidden", 403), "refuses"),
        (Answer('{"message": "Internal server error"}', 502), "502"),
        (Answer("success"), "forged"),
        (Answer(status=0), "cannot be reached"),
    ],
)
def test_a_door_that_does_not_answer_as_it_should_is_found(
    operator: Operator, side: Side, answer: Answer, said: str
) -> None:
    with backend(answer) as running:
        (found,) = examine(operator, running)["url"]
    assert found["state"] == "fail"
    assert said in found["found"]


def test_jobs_that_would_come_again_too_early_are_found(operator: Operator, side: Side) -> None:
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=operator.target.settings.jobs_queue)["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "359"})
    (found,) = examine(operator)["queue"]
    assert found["state"] == "fail"
    assert "360" in found["found"]


def test_jobs_that_are_put_aside_too_early_are_found(operator: Operator, side: Side) -> None:
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=operator.target.settings.jobs_queue)["QueueUrl"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])["Attributes"]
    policy = {**json.loads(found["RedrivePolicy"]), "maxReceiveCount": 5}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": json.dumps(policy)})
    assert states(operator, "queue") == {"fail"}


def test_a_queue_that_never_gives_up_is_found(operator: Operator, side: Side) -> None:
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=operator.target.settings.jobs_queue)["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": ""})
    assert states(operator, "queue") == {"fail"}


def test_a_policy_that_was_changed_by_hand_is_found(operator: Operator, side: Side) -> None:
    role = f"{operator.target.door}-worker"
    allowed = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    everything = {"Version": "2012-10-17", "Statement": [allowed]}
    boto3.client("iam").put_role_policy(
        RoleName=role, PolicyName=role, PolicyDocument=json.dumps(everything)
    )
    assert states(operator, "policies") == {"ok", "fail"}


def test_a_policy_file_that_is_missing_is_found(operator: Operator, side: Side) -> None:
    operator.target.config_file.with_name(f"policy-{operator.stage}.json").unlink()
    (found,) = examine(operator)["policies"]
    assert found["state"] == "fail"
    assert "version control" in found["do"]


@pytest.mark.parametrize("url", ["http://[::1", "shop.example", "https://", "ftp://shop.example"])
def test_what_is_no_address_is_misuse(operator: Operator, url: str) -> None:
    result = operator.types("doctor", "--url", url)
    assert result.exit_code == 2
    assert "https://HOST" in result.stderr


def test_a_function_that_runs_with_an_old_configuration_is_found(
    operator: Operator, side: Side
) -> None:
    operator.configure(WECHAT_API_URL=side.address, LATE_ANSWERS="passive")
    found = examine(operator)["functions"]
    assert {each["state"] for each in found} == {"warn"}
    assert all("LATE_ANSWERS" in each["found"] for each in found)


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


def test_what_wechat_refused_to_the_worker_is_found_in_its_log(
    operator: Operator, side: Side
) -> None:
    _, worker = logs.groups(operator.target)
    client = boto3.client("logs")
    client.create_log_stream(logGroupName=worker, logStreamName="1")
    refusal = {"OperatorMustAct": 1, "errcode": 48001, "reason": "api unauthorized"}
    line = {"time": time.time(), "event": "WeChat refuses a call", **refusal}
    event = {"timestamp": int(time.time() * 1000), "message": json.dumps(line)}
    client.put_log_events(logGroupName=worker, logStreamName="1", logEvents=[event])  # type: ignore[list-item]
    (found,) = examine(operator)["refusals"]
    assert found["state"] == "warn"
    assert "48001" in found["found"]
    assert "未认证" in found["do"]


def test_dead_letters_are_told(operator: Operator, side: Side) -> None:
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=operator.target.dead_letters)["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="1", MessageGroupId="1", MessageDeduplicationId="1")
    (found,) = examine(operator)["dead letters"]
    assert found["state"] == "warn"
    assert "dead-letters list" in found["do"]


def test_visitors_who_would_read_10003_are_foreseen(
    operator: Operator, side: Side, door: Backend
) -> None:
    (found,) = examine(operator, door)["web authorization"]
    assert found["state"] == "warn"
    assert "10003" in found["do"]
    operator.configure(WECHAT_API_URL=side.address, PUBLIC_URL="https://shop.example")
    (found,) = examine(operator, door)["web authorization"]
    assert "网页授权域名" in found["do"]
    assert "domain-verification" in found["do"]


def test_the_file_that_proves_the_domain_is_asked_for(operator: Operator, side: Side) -> None:
    operator.configure(WECHAT_API_URL=side.address, PUBLIC_URL="https://shop.example")
    operator.keeps("domain-verification", "abc123")
    with backend(Answer("abc123")) as running:
        (found,) = examine(operator, running)["web authorization"]
        assert found["state"] == "ok"
    with backend(Answer("not found", 404)) as running:
        (found,) = examine(operator, running)["web authorization"]
        assert found["state"] == "fail"


def test_plaintext_in_production_is_a_warning(operator: Operator, side: Side) -> None:
    operator.configure(WECHAT_API_URL=side.address, WECHAT_MODE="plaintext")
    assert states(operator, "mode") == {"warn"}

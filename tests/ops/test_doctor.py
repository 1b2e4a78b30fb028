"""`doctor` finds what is wrong with a stage, and says what to do about it."""

import json
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

import boto3
import pytest

from chalicelib.wechat.signatures import fits
from ops import fixed_exit, logs
from ops.policies import file_name
from simulator.account import Account
from simulator.faults import (
    API_UNAUTHORIZED,
    IP_NOT_WHITELISTED,
    QUOTA_EXHAUSTED,
    SECRET_ROTATED,
    Fault,
)
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
    for function in ("api_handler", "worker"):
        file = operator.target.config_file.with_name(file_name(operator.stage, function))
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


@pytest.fixture
def keeping(operator: Operator, account: Account) -> Operator:
    """An operator whose stage has nothing but the account's secrets."""
    operator.keeps_secrets_of(account)
    return operator


def wechat(**answer: Any) -> AbstractContextManager[Backend]:
    """WeChat's API, with this answer to all calls but the one for an access token."""

    def respond(request: Request) -> Answer:
        token = {"access_token": "t", "expires_in": 7200}
        return Answer(json.dumps(token if b"grant_type" in request.body else answer))

    return backend(respond)


def examine_at(operator: Operator, api: Backend, check: str) -> dict[str, Any]:
    """What is found where that is WeChat's API."""
    operator.configure(WECHAT_API_URL=api.url)
    (found,) = examine(operator)[check]
    return found


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


@pytest.mark.parametrize(
    ("ahead", "state"),
    [(0, "ok"), (50, "ok"), (75, "warn"), (-75, "warn"), (285, "warn"), (315, "fail")],
)
def test_a_clock_is_off_from_a_minute_on_and_wrong_when_signatures_are_refused(
    operator: Operator, monkeypatch: pytest.MonkeyPatch, ahead: float, state: str
) -> None:
    with backend(Answer("<a><GetCallerIdentityResult/></a>", ahead=ahead)) as sts:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", sts.url)
        (found,) = examine(operator)["clock"]
    assert found["state"] == state
    assert ("NTP" in found["do"]) is (state != "ok")


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
def test_a_stack_is_waited_for_or_mended_as_its_state_asks_for(
    operator: Operator, monkeypatch: pytest.MonkeyPatch, status: str, state: str, do: str
) -> None:
    stack = f"<StackName>any</StackName><StackStatus>{status}</StackStatus>"
    told = f"<Stacks><member>{stack}</member></Stacks>"
    with backend(Answer(f"<a><DescribeStacksResult>{told}</DescribeStacksResult></a>")) as aws:
        monkeypatch.setenv("AWS_ENDPOINT_URL_CLOUDFORMATION", aws.url)
        (found,) = examine(operator)["stack"]
    assert (found["state"], do in found["do"]) == (state, True)
    assert status in found["found"]


def test_an_account_that_may_not_send_what_comes_late_is_told_what_to_set(
    keeping: Operator, account: Account
) -> None:
    with wechat_side(account) as side:
        keeping.configure(WECHAT_API_URL=side.address)
        assert states(keeping, "late answers") == {"ok"}
        side.world.faults.turn_on(API_UNAUTHORIZED)
        (found,) = examine(keeping)["late answers"]
        assert side.world.received == []
        keeping.configure(WECHAT_API_URL=side.address, LATE_ANSWERS="passive")
        assert states(keeping, "late answers") == {"ok"}
    assert found["state"] == "fail"
    assert "48001" in found["found"]
    assert "未认证" in found["do"]
    assert f"LATE_ANSWERS of {keeping.stage} to passive" in found["do"]


def test_an_account_without_staff_may_send_all_the_same(keeping: Operator) -> None:
    with wechat(errcode=65400, errmsg="please enable new custom service") as api:
        assert examine_at(keeping, api, "late answers")["state"] == "ok"


def test_where_wechat_does_not_say_who_may_send_the_reason_is_told(keeping: Operator) -> None:
    with wechat(errcode=45009, errmsg="reach max api daily quota limit") as api:
        found = examine_at(keeping, api, "late answers")
    assert found["state"] == "warn"
    assert "45009" in found["do"]


def test_addresses_that_wechat_pushes_to_are_told(keeping: Operator) -> None:
    with wechat(dns=[{"ip": "192.0.2.1"}, {"ip": "192.0.2.2"}]) as api:
        found = examine_at(keeping, api, "callback/check")
    assert found["state"] == "ok"
    assert "192.0.2.1, 192.0.2.2" in found["found"]


def test_a_url_that_was_never_saved_in_the_console_is_found(keeping: Operator) -> None:
    with wechat(dns=[], ping=[]) as api:
        found = examine_at(keeping, api, "callback/check")
    assert found["state"] == "warn"
    assert "基本配置 → 服务器配置" in found["do"]


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
    operator.target.config_file.with_name(f"policy-{operator.stage}-door.json").unlink()
    (found,) = examine(operator)["policies"]
    assert found["state"] == "fail"
    assert found["do"] == "python -m ops upgrade"


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
    assert "网页授权获取用户基本信息" in found["do"], "which is all that test accounts want"
    operator.configure(WECHAT_API_URL=side.address, PUBLIC_URL="https://shop.example")
    (found,) = examine(operator, door)["web authorization"]
    assert "without https:// and path, as 网页授权域名" in found["do"]
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

"""Each function may do what it needs, with the stage's own resources, and nothing else."""

import json
import re
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

import pytest

from tests import stage as files
from tests.project import STAGES, sample_project
from tests.stage import AT_EXIT, CALLER, CODE, DOOR, QUEUES, WORKER, WORKERS, Stage

FUNCTIONS = [DOOR, *AT_EXIT]

CALLED = {
    "dynamodb:GetItem": {"get_item"},
    "dynamodb:UpdateItem": {"update_item", "transact_write_items"},
    "dynamodb:Query": {"query"},
    "sqs:GetQueueUrl": {"get_queue_url"},
    "sqs:SendMessage": {"send_message", "send_message_batch"},
    "sqs:ChangeMessageVisibility": {"change_message_visibility"},
    "ssm:GetParameters": {"get_parameters"},
    "lambda:InvokeFunction": {"invoke"},
}
"""Actions of ours, and the methods of boto3 that take them, which adapters/ calls."""
LOGGING = {"logs:CreateLogStream", "logs:PutLogEvents"}
POLLING = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
SENDING = {"sqs:GetQueueUrl", "sqs:SendMessage"}
ATTACHING = {
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
}
"""Actions that Lambda takes with a function's role: it keeps its log, polls the queue for it, and
attaches it to a network, which AWS lets nobody narrow down to a name."""

_MAY_WORKERS = {
    "log": LOGGING,
    "secret": {"ssm:GetParameters"},
    "table": {"dynamodb:GetItem", "dynamodb:UpdateItem"},
    "queue": POLLING | {"sqs:ChangeMessageVisibility"},
    "queues": SENDING,
}
MAY = {
    DOOR: {
        "log": LOGGING,
        "secret": {"ssm:GetParameters"},
        "table": {"dynamodb:GetItem", "dynamodb:UpdateItem"},
        "index": {"dynamodb:Query"},
        "queues": SENDING,
        "caller": {"lambda:InvokeFunction"},
    },
    **dict.fromkeys(WORKERS, _MAY_WORKERS),
    CALLER: {"log": LOGGING, "secret": {"ssm:GetParameters"}},
}
SECRETS = {
    DOOR: {
        "app-id",
        "token",
        "encoding-aes-key",
        "domain-verification",
        "cookie-key",
        "ticket-key",
        "refresh-token-key",
    },
    **dict.fromkeys(WORKERS, frozenset({"app-id", "app-secret", "refresh-token-key"})),
    CALLER: frozenset({"app-id", "app-secret"}),
}
OF_THE_TEAM = "own/*"
"""Secrets of the team's own, which all functions with code of theirs may read."""


@pytest.fixture(params=STAGES)
def stage(request: pytest.FixtureRequest) -> Stage:
    return files.stage(request.param)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_may_do_what_it_does_with_what_is_its_own_and_nothing_else(
    stage: Stage, function: str
) -> None:
    own = _own(stage, function)
    expected = {
        # A static file knows neither partition, region nor account.
        (action, f"arn:*:{action.partition(':')[0]}:*:*:{name}")
        for kind, actions in MAY[function].items()
        for action in actions
        for name in own[kind]
    }
    assert {each for each in stage.allowed(function) if each[1] != "*"} == expected


@pytest.mark.parametrize("function", FUNCTIONS)
def test_only_a_network_is_nobodys_own(stage: Stage, function: str) -> None:
    everywhere = {action for action, arn in stage.allowed(function) if arn == "*"}
    assert everywhere <= (ATTACHING if function in AT_EXIT else set())


@pytest.mark.parametrize("function", AT_EXIT)
def test_lambda_may_attach_what_calls_wechat_to_the_fixed_exit_but_its_code_may_not(
    stage: Stage, function: str
) -> None:
    (denied,) = [each for each in stage.statements(function) if each["Effect"] == "Deny"]
    name = stage.functions[function].function_name
    assert {action for action, arn in stage.allowed(function) if arn == "*"} >= ATTACHING
    assert (denied["Action"], denied["Resource"]) == (["ec2:*"], ["*"])
    assert denied["Condition"] == {
        "ArnEquals": {"lambda:SourceFunctionArn": f"arn:*:lambda:*:*:function:{name}"}
    }


def test_the_adapters_call_what_the_policies_allow_and_nothing_else() -> None:
    adapters = "".join(text for path, text in CODE.items() if path.parent.name == "adapters")
    allowed = {action for own in MAY.values() for actions in own.values() for action in actions}
    assert allowed == CALLED.keys() | LOGGING | POLLING
    assert set(re.findall(r"_client\.(\w+)\(", adapters)) == set().union(*CALLED.values())


def test_secrets_are_those_that_the_code_names() -> None:
    assert all(f'"{name}"' in "".join(CODE.values()) for name in SECRETS[DOOR] | SECRETS[WORKER])


def test_a_function_has_a_role_and_a_policy_that_no_other_has(stage: Stage) -> None:
    roles: list[Any] = [stage.functions[function].role for function in FUNCTIONS]
    assert len({role.role_name for role in roles}) == len(FUNCTIONS)
    assert [Path(role.policy.filename).name for role in roles] == [
        f"policy-{stage.name}-{name}.json" for name in ("door", *AT_EXIT)
    ]


def test_no_policy_lies_about_unused() -> None:
    chalice = sample_project() / ".chalice"
    stages = json.loads((chalice / "config.json").read_text())["stages"].values()
    functions = [each for stage in stages for each in stage["lambda_functions"].values()]
    used = {each["iam_policy_file"] for each in functions if "iam_policy_file" in each}
    assert {path.name for path in chalice.glob("policy*.json")} == used


def _secrets(function: str) -> AbstractSet[str]:
    return SECRETS[function] if function == CALLER else SECRETS[function] | {OF_THE_TEAM}


def _own(stage: Stage, function: str) -> dict[str, list[str]]:
    """The names of what a function uses, as they end an ARN."""
    tables = [f"table/{stage.resources[name]['TableName']}" for name in ("State", "Profiles")]
    log = f"/aws/lambda/{stage.functions[function].function_name}"
    path = stage.environment["PARAMETER_PATH"]
    return {
        "log": [f"log-group:{log}:*"],
        "secret": [f"parameter{path}/{name}" for name in _secrets(function)],
        "table": tables,
        "index": [f"{tables[1]}/index/user_id"],
        "queue": [stage.queue(function)["QueueName"]] if function in QUEUES else [],
        "caller": [f"function:{stage.functions[CALLER].function_name}"],
        "queues": [stage.queue(worker)["QueueName"] for worker in WORKERS],
    }

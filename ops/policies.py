"""What each function may do on AWS: `.chalice/policy-<stage>-<function>.json` is made from this.

A policy has the framework's statements, which an upgrade rewrites, and the team's, whose Sid
begins with `Own` and which nobody touches. A static file knows neither partition, region nor
account, so an ARN is `arn:*:…`.
"""

from collections.abc import Sequence
from typing import Any, TypeAlias

from chalicelib import config

from .target import AT_EXIT, CALLER, LONG_WORKER, WORKER, WORKERS, Target

DOOR = "api_handler"
NAMES = {DOOR: "door", **{function: function for function in AT_EXIT}}
"""The framework's functions, as Chalice calls them and as their policy files do."""

Statement: TypeAlias = dict[str, Any]

_OWN = "Own"
_LOG = ("logs:CreateLogStream", "logs:PutLogEvents")
_SEND = ("sqs:GetQueueUrl", "sqs:SendMessage")
_POLL = (
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ChangeMessageVisibility",
)
_ATTACH = (
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
)
_OWN_SECRETS = "own/*"
_SECRETS = {
    DOOR: (
        "app-id",
        "token",
        "encoding-aes-key",
        "domain-verification",
        "cookie-key",
        "ticket-key",
        "refresh-token-key",
        _OWN_SECRETS,
    ),
    **dict.fromkeys(WORKERS, ("app-id", "app-secret", "refresh-token-key", _OWN_SECRETS)),
    CALLER: ("app-id", "app-secret"),
}


def file_name(stage: str, function: str) -> str:
    """What the policy file of a function is called, unless the configuration names another."""
    return f"policy-{stage}-{NAMES.get(function, function)}.json"


def is_own(statement: Statement) -> bool:
    """Whether a statement is the team's."""
    return str(statement.get("Sid", "")).startswith(_OWN)


def statements(target: Target, function: str) -> list[Statement]:
    """The framework's statements for a function, which may be one of the team's own."""
    names = config.read({"STAGE": target.stage})
    state, profiles = f"table/{names.state_table}", f"table/{names.profiles_table}"
    log = target.door if function == DOOR else target.function(function)
    secrets = [f"parameter{names.parameter_path}/{each}" for each in _secrets(function)]
    write_log = _allow("WriteLog", _LOG, f"log-group:/aws/lambda/{log}:*")
    read_secrets = _allow("ReadSecrets", ["ssm:GetParameters"], *secrets)
    keep = _allow(
        "KeepStateAndProfiles", ["dynamodb:GetItem", "dynamodb:UpdateItem"], state, profiles
    )
    find = _allow("FindProfileOfUser", ["dynamodb:Query"], f"{profiles}/index/user_id")
    network = _network(target.function(function))
    if function == CALLER:
        return [write_log, read_secrets, *network]
    queues = {LONG_WORKER: names.long_queue, WORKER: names.jobs_queue}
    send = _allow("SendJobs", _SEND, *queues.values())
    call = _allow("CallWeChat", ["lambda:InvokeFunction"], f"function:{target.function(CALLER)}")
    if function == DOOR:
        return [write_log, read_secrets, keep, find, send, call]
    if function in WORKERS:
        own, (other,) = queues.pop(function), queues.values()
        send = _allow("SendJobsToTheOther", _SEND, other)
        receive = _allow("ReceiveAndSendJobs", [*_POLL, *_SEND], own)
        return [write_log, read_secrets, keep, send, receive, *network]
    read = _allow("ReadProfiles", ["dynamodb:GetItem"], profiles)
    return [write_log, read_secrets, read, find, send, call]


def app_secret(target: Target) -> Statement:
    """What the door was allowed until 1.2.0."""
    path = config.read({"STAGE": target.stage}).parameter_path
    return _allow("ReadAppSecret", ["ssm:GetParameters"], f"parameter{path}/app-secret")


def _secrets(function: str) -> Sequence[str]:
    return _SECRETS.get(function, [_OWN_SECRETS])


def _allow(sid: str, actions: Sequence[str], *names: str) -> Statement:
    """Allows `actions` of one service on what is called `names`."""
    service, _, _ = actions[0].partition(":")
    arns = [f"arn:*:{service}:*:*:{name}" for name in names]
    return {"Sid": sid, "Effect": "Allow", "Action": [*actions], "Resource": arns}


def _network(function: str) -> list[Statement]:
    """Lambda attaches a function to its fixed exit with the function's role; the code may not."""
    attach = {
        "Sid": "LetLambdaAttachTheFixedExit",
        "Effect": "Allow",
        "Action": [*_ATTACH],
        "Resource": ["*"],
    }
    deny = {
        "Sid": "ButNotTheWorkersOwnCode",
        "Effect": "Deny",
        "Action": ["ec2:*"],
        "Resource": ["*"],
        "Condition": {
            "ArnEquals": {"lambda:SourceFunctionArn": f"arn:*:lambda:*:*:function:{function}"}
        },
    }
    return [attach, deny]

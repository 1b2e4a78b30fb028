"""What whoever runs `up`, `deploy`, `doctor` and `down` for a stage may do on AWS.

CloudFormation works in the name of whoever calls it, so the policy has what each kind of resource
in our templates needs. It can read secrets, because `deploy` looks whether they are well formed;
it cannot change them, and reads no profile and no job.

It names what it is about wherever AWS lets a policy do so; `_looks` has what AWS does not.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeAlias

import click

from . import terminal
from .options import on_stage
from .policies import Statement
from .target import APP, CALLER, Target

_Arns: TypeAlias = Callable[..., list[str]]
"""Makes the ARNs of a service's resources from what comes after the account."""
_ANY = ["*"]


def _of(service: str, names: str) -> list[str]:
    return [f"{service}:{each}" for each in names.split()]


_TABLE = _of(
    "dynamodb",
    "CreateTable DeleteTable DescribeTable UpdateTable DescribeTimeToLive UpdateTimeToLive "
    "DescribeContinuousBackups UpdateContinuousBackups ListTagsOfResource TagResource "
    "UntagResource",
)
_QUEUE = _of(
    "sqs",
    "CreateQueue DeleteQueue GetQueueUrl GetQueueAttributes SetQueueAttributes ListQueueTags "
    "TagQueue UntagQueue",
)
_TOPIC = _of(
    "sns",
    "CreateTopic DeleteTopic GetTopicAttributes SetTopicAttributes Subscribe "
    "ListSubscriptionsByTopic ListTagsForResource TagResource UntagResource",
)
_ALARM = _of(
    "cloudwatch",
    "PutMetricAlarm DeleteAlarms ListTagsForResource TagResource UntagResource "
    "PutDashboard GetDashboard DeleteDashboards EnableAlarmActions",
)
_LOG = _of(
    "logs",
    "CreateLogGroup DeleteLogGroup PutRetentionPolicy FilterLogEvents ListTagsForResource "
    "TagResource UntagResource",
)
_NETWORK = _of(
    "ec2",
    "CreateVpc ModifyVpcAttribute DeleteVpc CreateSubnet DeleteSubnet AllocateAddress "
    "ReleaseAddress CreateInternetGateway AttachInternetGateway DetachInternetGateway "
    "DeleteInternetGateway CreateNatGateway DeleteNatGateway CreateRouteTable AssociateRouteTable "
    "DisassociateRouteTable DeleteRouteTable CreateRoute DeleteRoute CreateVpcEndpoint "
    "DeleteVpcEndpoints CreateSecurityGroup AuthorizeSecurityGroupEgress "
    "RevokeSecurityGroupEgress DeleteSecurityGroup CreateTags DeleteTags",
)
_STACK = _of(
    "cloudformation",
    "CreateChangeSet DescribeChangeSet ExecuteChangeSet DeleteChangeSet DescribeStacks "
    "DescribeStackEvents ListStackResources GetTemplate ContinueUpdateRollback DeleteStack "
    "UpdateTerminationProtection",
)
_FUNCTION = _of(
    "lambda",
    "CreateFunction GetFunction GetFunctionConfiguration UpdateFunctionCode "
    "UpdateFunctionConfiguration DeleteFunction ListTags TagResource UntagResource "
    "PutFunctionConcurrency GetFunctionConcurrency DeleteFunctionConcurrency AddPermission "
    "GetPolicy RemovePermission PublishVersion ListVersionsByFunction ListAliases CreateAlias "
    "UpdateAlias DeleteAlias",
)
_EVENT_SOURCE = _of(
    "lambda",
    "CreateEventSourceMapping GetEventSourceMapping UpdateEventSourceMapping "
    "DeleteEventSourceMapping",
)
_ROLE = _of(
    "iam",
    "CreateRole GetRole DeleteRole TagRole UntagRole PutRolePolicy GetRolePolicy "
    "ListRolePolicies DeleteRolePolicy",
)
_RULE = _of(
    "events",
    "PutRule DescribeRule DeleteRule PutTargets RemoveTargets ListTargetsByRule TagResource",
)
_LOOK = [
    *_of("lambda", "ListFunctions ListEventSourceMappings GetAccountSettings"),
    "logs:DescribeLogGroups",
    *_of("sns", "ListTopics GetSubscriptionAttributes"),
    "cloudwatch:ListDashboards",
    "ec2:Describe*",
]


def document(target: Target) -> dict[str, Any]:
    """The policy as IAM takes it."""
    arns = partial(_arns, target.stage_config.get("account", "*"))
    parts = (_what_chalice_makes, _what_stacks_make, _parameters, _looks)
    statements = [each for part in parts for each in part(target, arns)]
    return {"Version": "2012-10-17", "Statement": statements}


def _what_chalice_makes(target: Target, arns: _Arns) -> list[Statement]:
    name = target.stack
    functions = arns("lambda", f"function:{name}", f"function:{name}:*", f"function:{name}-*")
    caller = arns("lambda", f"function:{target.function(CALLER)}")
    roles = arns("iam", f"role/{name}-*", region="")
    paths = [f"arn:*:apigateway:*::/{each}" for each in ("restapis", "restapis/*", "tags/*")]
    return [
        _allow("Functions", _FUNCTION, functions),
        # An event source has no name that its stage could be told by.
        _allow("EventSources", _EVENT_SOURCE, _ANY, ArnLike={"lambda:FunctionArn": functions[2:]}),
        _allow("CallWeChat", ["lambda:InvokeFunction"], caller),
        _allow("Roles", _ROLE, roles),
        _allow(
            "HandRolesToLambda",
            ["iam:PassRole"],
            roles,
            StringEquals={"iam:PassedToService": "lambda.amazonaws.com"},
        ),
        _allow("Api", _of("apigateway", "GET POST PUT PATCH DELETE"), paths),
        _allow("Schedules", _RULE, arns("events", f"rule/{name}-*")),
    ]


def _what_stacks_make(target: Target, arns: _Arns) -> list[Statement]:
    name = target.stack
    stacks = arns("cloudformation", f"stack/{name}/*", f"stack/{name}-exit/*")
    transform = "arn:*:cloudformation:*:aws:transform/LanguageExtensions"
    logs = arns("logs", *(f"log-group:/aws/lambda/{name}{end}" for end in ("", ":*", "-*")))
    alarms = arns("cloudwatch", f"alarm:{name}-*")
    dashboard = arns("cloudwatch", f"dashboard/{name}", region="")
    return [
        _allow("Stacks", _STACK, [*stacks, transform]),
        _allow("Logs", _LOG, logs),
        _allow("Tables", _TABLE, arns("dynamodb", f"table/{name}-*")),
        _allow("Queues", _QUEUE, arns("sqs", f"{name}-*")),
        _allow("Topic", _TOPIC, arns("sns", f"{name}-alarms")),
        _allow("Alarms", _ALARM, [*alarms, *dashboard]),
        # These have no names, but a stack can have no other name than those above.
        _allow(
            "OnlyByStacks",
            [*_NETWORK, "sns:Unsubscribe"],
            _ANY,
            **{"ForAnyValue:StringLike": {"aws:CalledVia": "cloudformation.*"}},
        ),
    ]


def _parameters(target: Target, arns: _Arns) -> list[Statement]:
    path = f"parameter/{APP}/{target.stage}"
    read, keep = _of("ssm", "GetParameters GetParametersByPath"), "PutParameter DeleteParameter"
    return [
        _allow("ReadSecrets", read, arns("ssm", f"{path}/*")),
        _allow("KeepPolicies", _of("ssm", keep), arns("ssm", f"{path}/policies/*")),
    ]


def _looks(_: Target, arns: _Arns) -> list[Statement]:
    """What AWS lists with what others have; and IAM's word on whoever deploys."""
    oneself = arns("iam", "user/*", "role/*", region="")
    return [
        _allow("Look", _LOOK, _ANY),
        _allow("LookAtAlarms", ["cloudwatch:DescribeAlarms"], arns("cloudwatch", "alarm:*")),
        _allow("AskAboutOneself", ["iam:SimulatePrincipalPolicy"], oneself),
    ]


def _arns(account: str, service: str, *names: str, region: str = "*") -> list[str]:
    return [f"arn:*:{service}:{region}:{account}:{each}" for each in names]


def _allow(sid: str, actions: Sequence[str], arns: Sequence[str], **condition: Any) -> Statement:
    statement = {"Sid": sid, "Effect": "Allow", "Action": [*actions], "Resource": [*arns]}
    return statement | ({"Condition": condition} if condition else {})


@click.command("deploy-policy")
@on_stage
def show(target: Target) -> None:
    """Show the IAM policy of whoever deploys a stage.

    What `up`, `deploy`, `doctor`, `status` and `down` need, for the role of a CI. Whoever has it
    can give the stage's functions any permission within the AWS account, so let production have
    an account of its own.

    \b
    python -m ops deploy-policy --stage prod >deploy-policy.json
    """
    terminal.show_json(document(target))

"""What whoever runs `up`, `deploy`, `doctor` and `down` for a stage may do on AWS.

CloudFormation works in the name of whoever calls it, so the policy has what each kind of resource
in our templates needs. It can read secrets, because `deploy` looks whether they are well formed;
it cannot change them, and reads no profile and no job.
"""

from typing import Any

import click

from . import terminal
from .options import on_stage
from .policies import Statement
from .target import APP, CALLER, Target

_TABLE = (
    "CreateTable DeleteTable DescribeTable UpdateTable DescribeTimeToLive UpdateTimeToLive "
    "DescribeContinuousBackups UpdateContinuousBackups ListTagsOfResource TagResource UntagResource"
)
_QUEUE = (
    "CreateQueue DeleteQueue GetQueueUrl GetQueueAttributes SetQueueAttributes ListQueueTags "
    "TagQueue UntagQueue"
)
_TOPIC = (
    "CreateTopic DeleteTopic GetTopicAttributes SetTopicAttributes Subscribe "
    "ListSubscriptionsByTopic ListTagsForResource TagResource UntagResource"
)
_ALARM = (
    "PutMetricAlarm DeleteAlarms DescribeAlarms ListTagsForResource TagResource UntagResource "
    "PutDashboard GetDashboard DeleteDashboards EnableAlarmActions"
)
_LOG = (
    "CreateLogGroup DeleteLogGroup DescribeLogGroups PutRetentionPolicy FilterLogEvents "
    "ListTagsForResource TagResource UntagResource"
)
_NETWORK = (
    "CreateVpc ModifyVpcAttribute DeleteVpc CreateSubnet DeleteSubnet AllocateAddress "
    "ReleaseAddress CreateInternetGateway AttachInternetGateway DetachInternetGateway "
    "DeleteInternetGateway CreateNatGateway DeleteNatGateway CreateRouteTable AssociateRouteTable "
    "DisassociateRouteTable DeleteRouteTable CreateRoute DeleteRoute CreateVpcEndpoint "
    "DeleteVpcEndpoints CreateSecurityGroup AuthorizeSecurityGroupEgress "
    "RevokeSecurityGroupEgress DeleteSecurityGroup CreateTags DeleteTags Describe*"
)
_STACK = (
    "CreateChangeSet DescribeChangeSet ExecuteChangeSet DeleteChangeSet DescribeStacks "
    "DescribeStackEvents ListStackResources GetTemplate ContinueUpdateRollback DeleteStack "
    "UpdateTerminationProtection"
)
_FUNCTION = (
    "CreateFunction GetFunction GetFunctionConfiguration UpdateFunctionCode "
    "UpdateFunctionConfiguration DeleteFunction ListTags TagResource UntagResource "
    "PutFunctionConcurrency GetFunctionConcurrency DeleteFunctionConcurrency AddPermission "
    "GetPolicy RemovePermission PublishVersion ListVersionsByFunction ListAliases CreateAlias "
    "UpdateAlias DeleteAlias"
)
_EVENT_SOURCE = (
    "CreateEventSourceMapping GetEventSourceMapping ListEventSourceMappings "
    "UpdateEventSourceMapping DeleteEventSourceMapping"
)
_ROLE = (
    "CreateRole GetRole DeleteRole TagRole UntagRole PutRolePolicy GetRolePolicy "
    "ListRolePolicies DeleteRolePolicy"
)
_RULE = "PutRule DescribeRule DeleteRule PutTargets RemoveTargets ListTargetsByRule TagResource"


def document(target: Target) -> dict[str, Any]:
    """The policy as IAM takes it."""
    account, name = target.stage_config.get("account", "*"), target.stack

    def allow(sid: str, service: str, actions: str, *names: str, region: str = "*") -> Statement:
        arns = [f"arn:*:{service}:{region}:{account}:{each}" for each in names]
        every = [f"{service}:{each}" for each in actions.split()]
        return {"Sid": sid, "Effect": "Allow", "Action": every, "Resource": arns or ["*"]}

    functions = [f"function:{name}", f"function:{name}:*", f"function:{name}-*"]
    logs = [f"log-group:/aws/lambda/{name}{end}" for end in ("", ":*", "-*")]
    alarms = allow("Alarms", "cloudwatch", _ALARM, f"alarm:{name}-*")
    alarms["Resource"].append(f"arn:*:cloudwatch::{account}:dashboard/{name}")
    role = f"role/{name}-*"
    hand_over = allow("HandRolesToLambda", "iam", "PassRole", role, region="")
    to_lambda = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
    gateway = allow("Api", "apigateway", "GET POST PUT PATCH DELETE")
    paths = ("restapis", "restapis/*", "tags/*")
    gateway["Resource"] = [f"arn:*:apigateway:*::/{path}" for path in paths]
    return {
        "Version": "2012-10-17",
        "Statement": [
            allow("Stacks", "cloudformation", _STACK, f"stack/{name}/*", f"stack/{name}-exit/*"),
            allow("Functions", "lambda", _FUNCTION, *functions),
            allow("EventSources", "lambda", _EVENT_SOURCE),
            allow("Look", "lambda", "ListFunctions GetAccountSettings"),
            allow("CallWeChat", "lambda", "InvokeFunction", f"function:{target.function(CALLER)}"),
            allow("Roles", "iam", _ROLE, role, region=""),
            allow(
                "AskAboutOneself", "iam", "SimulatePrincipalPolicy", "user/*", "role/*", region=""
            ),
            {**hand_over, "Condition": to_lambda},
            gateway,
            allow("Schedules", "events", _RULE, f"rule/{name}-*"),
            allow("Logs", "logs", _LOG, *logs),
            allow("LookAtLogs", "logs", "DescribeLogGroups"),
            allow("Tables", "dynamodb", _TABLE, f"table/{name}-*"),
            allow("Queues", "sqs", _QUEUE, f"{name}-*"),
            allow("Topic", "sns", _TOPIC, f"{name}-alarms"),
            allow("Subscriptions", "sns", "ListTopics GetSubscriptionAttributes Unsubscribe"),
            alarms,
            allow("LookAtAlarms", "cloudwatch", "DescribeAlarms ListDashboards"),
            allow(
                "ReadSecrets",
                "ssm",
                "GetParameters GetParametersByPath",
                f"parameter/{APP}/{target.stage}/*",
            ),
            allow(
                "KeepPolicies",
                "ssm",
                "PutParameter DeleteParameter",
                f"parameter/{APP}/{target.stage}/policies/*",
            ),
            allow("FixedExit", "ec2", _NETWORK),
        ],
    }


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

"""Whether whoever types a command may do all of it, asked before half of it is done."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import boto3
from botocore.exceptions import ClientError

from . import deployed, stack
from .region import region
from .target import Target


class Wanted(NamedTuple):
    """What somebody wants to do, to what, and what a condition of a policy may look at."""

    actions: Sequence[str]
    arns: Sequence[str]
    context: Mapping[str, str] = {}


def missing(wanted: Iterable[Wanted]) -> list[str]:
    """The permissions that are missing, as far as IAM lets whoever asks know about themselves."""
    me, found = _principal(), set[str]()
    for actions, arns, context in wanted if me else ():
        try:
            answer = boto3.client("iam").simulate_principal_policy(
                PolicySourceArn=me,
                ActionNames=actions,
                ResourceArns=arns,
                ContextEntries=[
                    {
                        "ContextKeyName": key,
                        "ContextKeyValues": [value],
                        "ContextKeyType": "string",
                    }
                    for key, value in context.items()
                ],
            )
        except ClientError:
            break  # who may not ask finds out when AWS refuses
        for each in answer["EvaluationResults"]:
            # A condition on what is not known here may be fulfilled.
            if each["EvalDecision"] != "allowed" and not each.get("MissingContextValues"):
                found.add(each["EvalActionName"])
    return sorted(found)


def to_delete(target: Target, found: Sequence[deployed.Resource]) -> Iterator[Wanted]:
    """What `down` does to what Chalice has made, and to the stacks."""
    partition, account = _who()[1], _who()[4]
    kinds = {
        "lambda_function": (["lambda:DeleteFunction"], "{lambda_arn}"),
        "iam_role": (["iam:DeleteRole", "iam:DeleteRolePolicy"], "{role_arn}"),
        "rest_api": (
            ["apigateway:DELETE"],
            f"arn:{partition}:apigateway:{region()}::/restapis/{{rest_api_id}}",
        ),
    }
    for kind, (actions, named) in kinds.items():
        if arns := [named.format_map(each) for each in found if each["resource_type"] == kind]:
            yield Wanted(actions, arns)
    sources = f"arn:{partition}:lambda:{region()}:{account}:event-source-mapping"
    for each in found:
        if each["resource_type"] == "sqs_event":
            function = {"lambda:FunctionArn": each["lambda_arn"]}
            arn = f"{sources}:{each['event_uuid']}"
            yield Wanted(["lambda:DeleteEventSourceMapping"], [arn], function)
    if stacks := [arn for name in (target.stack, target.exit_stack) if (arn := stack.arn(name))]:
        yield Wanted(["cloudformation:DeleteStack"], stacks)
    if topic := stack.ids(target.stack).get("Alarms"):
        yield Wanted(["sns:DeleteTopic"], [topic])
    if alarms := stack.physical(target.stack, "AWS::CloudWatch::Alarm"):
        home = f"arn:{partition}:cloudwatch:{region()}:{account}:alarm"
        yield Wanted(["cloudwatch:DeleteAlarms"], [f"{home}:{each}" for each in alarms])


def _principal() -> str:
    """Who asks, as IAM knows them; empty for the root user, who may do all."""
    arn = ":".join(_who())
    if ":assumed-role/" in arn:
        role = arn.split("/")[1]
        return f"arn:{_who()[1]}:iam::{_who()[4]}:role/{role}"
    return arn if ":user/" in arn else ""


def _who() -> list[str]:
    """The parts of the ARN of whoever asks."""
    return boto3.client("sts").get_caller_identity()["Arn"].split(":")

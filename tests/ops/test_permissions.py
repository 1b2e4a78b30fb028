"""`down` asks whether it may delete all, before it deletes anything."""

import json

import boto3
import pytest

from ops import deploy_policy, permissions
from ops.deployed import resources
from ops.target import WORKERS
from tests.ops import refusals
from tests.ops.operator import Operator


def user(operator: Operator, *, without: str = "") -> str:
    """The ARN of a user who may do what `deploy-policy` prints, without an action.

    The emulator does not look at what a condition is about.
    """
    iam, document = boto3.client("iam"), deploy_policy.document(operator.target)
    for each in document["Statement"]:
        each["Action"] = [action for action in each["Action"] if action != without]
        each.pop("Condition", None)
    arn: str = iam.create_user(UserName=operator.stage)["User"]["Arn"]
    iam.put_user_policy(
        UserName=operator.stage, PolicyName="own", PolicyDocument=json.dumps(document)
    )
    return arn


@pytest.mark.parametrize(
    "permission",
    [
        "apigateway:DELETE",
        "cloudformation:DeleteStack",
        "cloudwatch:DeleteAlarms",
        "iam:DeleteRole",
        "lambda:DeleteFunction",
    ],
)
def test_what_is_missing_is_one_sentence_and_nothing_is_deleted(
    shipped: Operator, permission: str
) -> None:
    with refusals.of_a_user(user(shipped, without=permission)):
        result = shipped.types("down", "--yes")
    assert result.exit_code == 1
    assert f"You lack {permission}, so nothing was deleted" in result.stderr
    for name in (shipped.target.door, *map(shipped.target.function, WORKERS)):
        boto3.client("lambda").get_function(FunctionName=name)
    assert shipped.stack_status() == "CREATE_COMPLETE"


def test_the_policy_of_whoever_deploys_is_enough(shipped: Operator) -> None:
    with refusals.of_a_user(user(shipped)):
        result = shipped.types("down", "--yes")
    assert result.exit_code == 0, result.output


def test_iam_is_told_of_which_function_an_event_source_is(shipped: Operator) -> None:
    target = shipped.target
    wanted = permissions.to_delete(target, resources(target))
    told = [each.context for each in wanted if each.actions == ["lambda:DeleteEventSourceMapping"]]
    functions = {each["lambda:FunctionArn"].rpartition(":")[2] for each in told}
    assert functions == {*map(target.function, WORKERS)}


def test_who_may_not_ask_is_not_held_up(shipped: Operator) -> None:
    with (
        refusals.of_a_user(user(shipped, without="lambda:DeleteFunction")),
        refusals.of_permissions("iam:SimulatePrincipalPolicy"),
    ):
        result = shipped.types("down", "--yes")
    assert result.exit_code == 0, result.output

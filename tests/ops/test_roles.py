"""A stage may be in several regions, which share its roles: none takes them from the others."""

import json
from collections.abc import Callable
from typing import TypeAlias

import boto3
import pytest
from botocore.exceptions import ClientError

from ops import roles, versions
from tests.ops import deployment, refusals
from tests.ops.operator import Operator
from tests.ops.regions import HERE, THERE

NO_PERMISSION = ("AccessDeniedException", "not authorized to perform: lambda:ListFunctions")

Move: TypeAlias = Callable[[str], None]


@pytest.fixture
def move(monkeypatch: pytest.MonkeyPatch) -> Move:
    """Sets the region of all that comes after it."""

    def set_region(region: str) -> None:
        monkeypatch.setenv("AWS_REGION", region)
        monkeypatch.setenv("AWS_DEFAULT_REGION", region)

    return set_region


@pytest.fixture
def abroad(operator: Operator, move: Move) -> Operator:
    """An operator of a stage that an older release has deployed in two regions."""
    make_role(operator)
    for region in (THERE, HERE):
        move(region)
        deployment.make_function(operator.target.door, operator.stage, role(operator))
        deployment.make_api(operator.target.door)
    return operator


def role(operator: Operator, function: str = "api_handler") -> str:
    return f"{operator.target.door}-{function}"


def make_role(operator: Operator, function: str = "api_handler", *tags: str) -> None:
    boto3.client("iam").create_role(
        RoleName=role(operator, function),
        AssumeRolePolicyDocument="{}",
        Tags=[{"Key": f"wechalice:region:{each}", "Value": ""} for each in tags],
    )


def exists(operator: Operator) -> bool:
    """Whether the stage has the door's role."""
    names = [each["RoleName"] for each in boto3.client("iam").list_roles()["Roles"]]
    return role(operator) in names


def answers(operator: Operator, region: str) -> bool:
    """Whether the door is there, with its role."""
    lambda_ = boto3.client("lambda", region_name=region)
    try:
        name = lambda_.get_function_configuration(FunctionName=operator.target.door)["Role"]
    except ClientError:
        return False
    return exists(operator) and name.endswith(f"/{role(operator)}")


@pytest.mark.parametrize("order", [(HERE, THERE), (THERE, HERE)])
def test_a_stage_in_two_regions_is_taken_down_in_any_order(
    abroad: Operator, move: Move, order: tuple[str, str]
) -> None:
    first, second = order
    move(first)
    roles.claim(abroad.target)
    result = abroad.types("down", "--yes")
    assert result.exit_code == 0, result.output
    assert f"Kept for {second}" in result.stdout
    assert not answers(abroad, first)
    assert answers(abroad, second)
    again = abroad.types("down", "--yes")
    assert again.exit_code == 1
    assert f"roles, which {second} uses" in again.stderr
    move(second)
    assert abroad.types("down", "--yes").exit_code == 0
    assert not exists(abroad)


def test_roles_that_no_release_has_tagged_are_kept_for_who_uses_them(abroad: Operator) -> None:
    result = abroad.types("down", "--yes")
    assert result.exit_code == 0, result.output
    assert role(abroad) in result.stdout
    assert answers(abroad, THERE)


def test_a_region_that_may_not_be_asked_ends_down_before_it_deletes(abroad: Operator) -> None:
    lambda_ = boto3.client("lambda", region_name="ap-east-1")
    with refusals.of_call(lambda_, "ListFunctions", *NO_PERMISSION):
        result = abroad.types("down", "--yes")
    assert result.exit_code == 1
    assert "Whether ap-east-1 uses the same roles is unknown" in result.stderr
    assert "ask for this permission" in result.stderr
    assert answers(abroad, HERE)


@pytest.mark.parametrize(
    "refusal",
    [
        ("UnrecognizedClientException", "The security token included in the request is invalid."),
        ("AccessDeniedException", "with an explicit deny in a service control policy"),
    ],
)
def test_a_region_that_the_account_does_not_use_uses_no_roles(
    abroad: Operator, refusal: tuple[str, str]
) -> None:
    with refusals.of_call(
        boto3.client("lambda", region_name="ap-east-1"), "ListFunctions", *refusal
    ):
        roles.claim(abroad.target)
    assert roles.tagged(role(abroad)) == {HERE, THERE}


def test_chalice_does_not_know_of_roles_that_another_region_uses(abroad: Operator) -> None:
    make_role(abroad, "worker", HERE)
    known = roles.claim(abroad.target)
    roles.settle(abroad.target, known)
    file = abroad.project / ".chalice" / "deployed" / f"{abroad.stage}.json"
    names = {each["name"] for each in json.loads(file.read_text())["resources"]}
    assert names == {"api_handler", "worker_role", "rest_api"}


def test_who_goes_back_is_told_where_functions_have_the_same_roles(abroad: Operator) -> None:
    roles.claim(abroad.target)
    versions.keep(abroad.target, [abroad.target.door])
    done = abroad.types("deploy", "--previous", "--yes")
    assert done.exit_code == 0, done.output
    assert f"{THERE} uses the same roles" in done.stdout


def test_a_role_is_of_no_use_where_its_function_is_gone(abroad: Operator) -> None:
    known = roles.claim(abroad.target)
    gone = role(abroad, "morning")
    make_role(abroad, "morning", HERE, THERE)
    roles.settle(abroad.target, {*known, gone})
    assert roles.tagged(gone) == {THERE}


def test_who_may_not_tag_can_deploy_and_is_told(
    abroad: Operator, capsys: pytest.CaptureFixture[str]
) -> None:
    with refusals.of_call(boto3.client("iam"), "TagRole", "AccessDenied", "iam:TagRole"):
        roles.claim(abroad.target)
    told = capsys.readouterr().out
    assert "ask for this permission" in told
    assert "may take them away" in told

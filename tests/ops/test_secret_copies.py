"""`secrets copy` brings a stage's secrets to the region that it moves to."""

from collections.abc import Iterator

import boto3
import pytest

from chalicelib.adapters.ssm import SsmParameters
from chalicelib.users.sealing import Sealer
from tests.ops.operator import Operator
from tests.ops.regions import HERE, THERE, turned_to
from tests.ops.test_secrets import GOOD, current

KEPT = {name: GOOD[name] for name in ("app-id", "app-secret", "token")} | {"own/model-key": "any"}


@pytest.fixture
def moving(operator: Operator) -> Iterator[Operator]:
    """An operator whose stage has secrets in one region, and who has turned to another one."""
    for name, value in KEPT.items():
        operator.keeps(name, value)
    with turned_to(THERE):
        yield operator


def sealer(operator: Operator) -> Sealer:
    return Sealer(SsmParameters(operator.target.settings.parameter_path))


def rotate(operator: Operator, region: str) -> None:
    with turned_to(region):
        operator.types("secrets", "generate", "refresh-token-key", "--yes")


def test_all_of_them_are_copied_and_none_is_shown(moving: Operator) -> None:
    result = moving.types("secrets", "copy", "--from", HERE, "--yes")
    assert result.exit_code == 0, result.output
    for name, value in KEPT.items():
        assert current(moving, name) == value
        assert value not in result.output
    again = moving.types("secrets", "copy", "--from", HERE, "--yes")
    assert "has all secrets" in again.stderr


def test_what_was_sealed_with_an_older_key_is_opened_in_the_other_region(moving: Operator) -> None:
    rotate(moving, HERE)
    with turned_to(HERE):
        sealed = sealer(moving).seal("a token", "oAlice", "refresh")
    rotate(moving, HERE)
    moving.types("secrets", "copy", "--from", HERE, "--yes")
    assert sealer(moving).open(sealed, "oAlice", "refresh") == "a token"


def test_who_deploys_where_secrets_are_missing_is_told_to_copy_them(moving: Operator) -> None:
    boto3.client("iam").create_role(
        RoleName=f"{moving.target.door}-api_handler",
        AssumeRolePolicyDocument="{}",
        Tags=[{"Key": f"wechalice:region:{HERE}", "Value": "uses it"}],
    )
    result = moving.types("deploy", "--fixed-exit", "none", "--yes")
    assert f"secrets copy --from {HERE} --stage {moving.stage}" in result.stderr
    assert "secrets generate" not in result.stderr


def test_a_later_copy_brings_what_was_rotated_meanwhile(moving: Operator) -> None:
    rotate(moving, HERE)
    moving.types("secrets", "copy", "--from", HERE, "--yes")
    rotate(moving, HERE)
    result = moving.types("secrets", "copy", "--from", HERE, "--yes")
    assert result.stderr.strip() == f"refresh-token-key is version 2 in {THERE}."


def test_a_sealing_key_that_was_generated_there_is_not_written_over(moving: Operator) -> None:
    rotate(moving, HERE)
    rotate(moving, THERE)
    result = moving.types("secrets", "copy", "--from", HERE, "--yes")
    assert result.exit_code == 1
    assert "so nothing was copied" in result.stderr
    (found,) = boto3.client("ssm").describe_parameters()["Parameters"]
    assert found["Name"].endswith("/refresh-token-key")


@pytest.mark.parametrize(
    ("source", "code", "told"),
    [("ap-east-1", 1, "ap-east-1 has no secrets of"), (THERE, 2, "is the region to copy to")],
)
def test_a_region_that_has_none_is_told(
    moving: Operator, source: str, code: int, told: str
) -> None:
    result = moving.types("secrets", "copy", "--from", source, "--yes")
    assert result.exit_code == code
    assert told in result.stderr

"""What a stage may reserve is asked before anything is made."""

from collections.abc import Iterator

import boto3
import pytest

from ops import preflight
from ops.target import read_config, write_config
from tests.ops import deployment, refusals
from tests.ops.operator import Operator


def reserve(operator: Operator, executions: int) -> None:
    """Writes what the door is to reserve."""
    config = read_config(operator.target.config_file)
    functions = config["stages"][operator.stage]["lambda_functions"]
    functions["api_handler"]["reserved_concurrency"] = executions
    write_config(operator.target.config_file, config)


def problem(operator: Operator) -> str:
    return "\n".join(" ".join(each) for each in preflight.concurrency_problems(operator.target))


@pytest.fixture
def door(operator: Operator) -> Iterator[str]:
    """A door that has 20 executions, in an account where others leave 30 to it."""
    lambda_ = boto3.client("lambda")
    limit = lambda_.get_account_settings()["AccountLimit"]["ConcurrentExecutions"]
    functions = {operator.target.door: 20, f"others-{operator.stage}": limit - 100 - 30}
    for name, executions in functions.items():
        deployment.make_function(name, operator.stage, "any")
        lambda_.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=executions)
    yield operator.target.door
    for name in functions:
        lambda_.delete_function(FunctionName=name)


def test_a_new_account_is_told_to_reserve_nothing_before_anything_is_made(
    operator: Operator,
) -> None:
    reserve(operator, 200)
    with refusals.of_a_new_account():
        result = operator.types("deploy", "--yes", "--fixed-exit", "none")
    assert result.exit_code == 1
    assert "the account has 10 in us-east-1" in result.stderr
    assert "Remove reserved_concurrency of api_handler" in result.stderr
    assert operator.stack_status() is None


def test_a_new_account_may_deploy_what_reserves_nothing(operator: Operator) -> None:
    with refusals.of_a_new_account():
        assert problem(operator) == ""


def test_what_the_door_has_counts_as_its_own(operator: Operator, door: str) -> None:
    reserve(operator, 30)
    assert problem(operator) == ""
    reserve(operator, 31)
    assert "may reserve 30" in problem(operator)
    assert "Write 30 or less" in problem(operator)


def test_a_door_that_is_not_there_yet_may_have_what_others_leave(
    operator: Operator, door: str
) -> None:
    boto3.client("lambda").delete_function_concurrency(FunctionName=door)
    reserve(operator, 31)
    assert "Write 30 or less" in problem(operator)

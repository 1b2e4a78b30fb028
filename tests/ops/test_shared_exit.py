"""Several stages may share one fixed exit, which costs by the hour."""

import boto3
import pytest

from ops import fixed_exit, stack
from ops.target import AT_EXIT
from tests.ops.operator import Operator
from tests.ops.regions import THERE, turned_to
from tests.ops.states import States


@pytest.fixture
def lender(states: States, operator: Operator) -> Operator:
    """Looks after a stage that has a fixed exit of its own."""

    def make() -> None:
        assert operator.types("up", "--yes", "--fixed-exit", "vpc").exit_code == 0

    states.bring("lender", operator, make)
    return operator


@pytest.fixture
def shop(states: States, lender: Operator) -> Operator:
    """Looks after a second stage, which shares the exit of the first."""
    shop = Operator(lender.project, f"{lender.stage}b")

    def make() -> None:
        made = lender.asks("stage", shop.stage, "--like", lender.stage)
        assert made.exit_code == 0, made.output
        assert fixed_exit.way(shop.target) == fixed_exit.NONE
        result = shop.types("up", "--yes", "--fixed-exit", f"shared:{lender.stage}")
        assert result.exit_code == 0, result.output
        address = stack.outputs(lender.target.exit_stack)["Address"]
        assert f"(API IP白名单): {address}\n" in result.stdout

    states.bring("shop", lender, make)
    return shop


def test_what_calls_wechat_runs_in_the_network_of_the_other_stage(
    lender: Operator, shop: Operator
) -> None:
    for function in AT_EXIT:
        for setting in ("subnet_ids", "security_group_ids"):
            theirs = lender.target.function_setting(function, setting)
            assert theirs
            assert shop.target.function_setting(function, setting) == theirs
    assert stack.status(shop.target.exit_stack) is None
    assert fixed_exit.address(shop.target) == fixed_exit.address(lender.target)


def test_it_is_asked_for_once(lender: Operator, shop: Operator) -> None:
    before = shop.target.config_file.read_text()
    assert shop.types("up", "--yes").exit_code == 0
    assert fixed_exit.way(shop.target) == f"shared:{lender.stage}"
    assert shop.target.config_file.read_text() == before


def test_an_exit_is_not_taken_down_while_another_stage_uses_it(
    lender: Operator, shop: Operator
) -> None:
    assert shop.stage in lender.types("up", "--yes", "--fixed-exit", "none").stdout
    refused = lender.types("down", "--yes")
    assert refused.exit_code == 1
    assert f"python -m ops up --stage {shop.stage} --fixed-exit vpc" in refused.stderr
    assert lender.stack_status() == "CREATE_COMPLETE"
    assert shop.types("up", "--yes", "--fixed-exit", "none").exit_code == 0
    assert fixed_exit.way(shop.target) == fixed_exit.NONE
    assert lender.types("down", "--yes").exit_code == 0
    assert stack.status(lender.target.exit_stack) is None


def test_who_shares_keeps_the_exit_when_they_are_taken_down(
    lender: Operator, shop: Operator
) -> None:
    assert shop.types("down", "--yes").exit_code == 0
    assert stack.status(lender.target.exit_stack) == "CREATE_COMPLETE"


def test_who_shares_an_exit_that_is_lost_is_told_what_makes_it(
    lender: Operator, shop: Operator
) -> None:
    stack.delete(lender.target.exit_stack, print)
    told = shop.types("up", "--yes")
    assert told.exit_code == 1
    assert f"python -m ops up --stage {lender.stage} --fixed-exit vpc" in told.stderr


def test_an_exit_that_cannot_be_shared_is_told_before_anything_is_made(operator: Operator) -> None:
    other = f"{operator.stage}b"
    assert operator.asks("stage", other, "--like", operator.stage).exit_code == 0
    for stage, code, words in (
        (operator.stage, 1, "--fixed-exit vpc"),
        (other, 1, f"python -m ops up --stage {other} --fixed-exit vpc"),
        ("nobody", 2, "describes no stage nobody"),
        ("", 2, "shared:STAGE"),
    ):
        result = operator.types("up", "--yes", "--fixed-exit", f"shared:{stage}")
        assert (result.exit_code, words in result.stderr) == (code, True), result.output
    stacks = boto3.client("cloudformation").list_stacks()["StackSummaries"]
    assert operator.target.stack not in [each["StackName"] for each in stacks]


def test_stages_that_have_moved_to_another_region_hold_no_exit_in_the_old_one(
    lender: Operator, shop: Operator
) -> None:
    with turned_to(THERE):
        for each in (lender, shop):
            assert each.types("up", "--yes").exit_code == 0
    for each in (shop, lender):
        done = each.types("down", "--yes")
        assert done.exit_code == 0, done.output
    assert stack.status(lender.target.exit_stack) is None
    with turned_to(THERE):
        subnets, _ = fixed_exit.network(lender.target)
    assert shop.target.function_setting("worker", "subnet_ids") == subnets

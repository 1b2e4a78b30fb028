"""A stage that CloudFormation alone has deployed is examined, and left to CloudFormation."""

import boto3
import pytest

from ops import deployed, versions
from simulator.account import Account
from tests.ops.doctor import examine
from tests.ops.operator import Operator


@pytest.fixture
def foreign(shipped: Operator) -> Operator:
    """An operator of a stage whose worker has the tag that CloudFormation gives."""
    name = shipped.target.function("worker")
    found = boto3.client("lambda").get_function(FunctionName=name)["Configuration"]
    boto3.client("lambda").tag_resource(
        Resource=found["FunctionArn"], Tags={"aws:cloudformation:stack-name": "shop-functions"}
    )
    return shipped


def test_it_is_not_deleted_behind_the_back_of_its_stack(foreign: Operator) -> None:
    before = deployed.resources(foreign.target)
    result = foreign.types("down", "--yes")
    assert result.exit_code == 1
    assert "aws cloudformation delete-stack --stack-name shop-functions" in result.stderr
    assert deployed.resources(foreign.target) == before
    assert foreign.stack_status() == "CREATE_COMPLETE"


def test_it_is_not_deployed_behind_the_back_of_its_stack(foreign: Operator) -> None:
    foreign.keeps_secrets_of(Account.new())
    result = foreign.types("deploy", "--yes", "--fixed-exit", "none")
    assert result.exit_code == 1
    assert "nothing was changed" in result.stderr
    assert "The stack shop-functions of CloudFormation" in result.stderr
    assert "Deploy that stack again" in result.stderr


def test_it_does_not_go_back_behind_the_back_of_its_stack(foreign: Operator) -> None:
    names = versions.functions(deployed.resources(foreign.target))
    versions.keep(foreign.target, names)
    result = foreign.types("deploy", "--previous", "--yes")
    assert result.exit_code == 1
    assert "Deploy that stack again" in result.stderr


def test_doctor_says_to_deploy_its_stack(foreign: Operator) -> None:
    found = examine(foreign)
    told = [each for check in ("functions", "policies") for each in found[check] if each["do"]]
    assert {"Deploy the stack shop-functions again" in each["do"] for each in told} == {True}

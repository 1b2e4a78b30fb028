"""Nobody deletes the stack of a production stage by mistake; `down` still does."""

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.ops.operator import Operator


def is_protected(operator: Operator) -> bool:
    found = boto3.client("cloudformation").describe_stacks(StackName=operator.target.stack)
    return bool(found["Stacks"][0]["EnableTerminationProtection"])


def test_a_production_stage_is_deleted_by_down_alone(operator: Operator) -> None:
    up = ("up", "--yes", "--fixed-exit", "none")
    operator.types(*up)
    cloudformation = boto3.client("cloudformation")
    with pytest.raises(ClientError, match="TerminationProtection"):
        cloudformation.delete_stack(StackName=operator.target.stack)
    cloudformation.update_termination_protection(
        StackName=operator.target.stack, EnableTerminationProtection=False
    )
    assert "nothing to change" in operator.types(*up).stdout
    assert is_protected(operator), "whoever takes the protection away gets it back"
    assert operator.types("down", "--yes").exit_code == 0
    assert operator.stack_status() is None


def test_dev_may_go_like_any_other_stack(operator: Operator) -> None:
    dev = Operator(operator.project, "dev")
    dev.configure()
    dev.types("up")
    assert not is_protected(dev)
    boto3.client("cloudformation").delete_stack(StackName=dev.target.stack)

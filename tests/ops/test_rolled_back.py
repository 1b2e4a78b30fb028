"""Whoever looks at a stage that went back to what ran before is told so, until the next deploy."""

import boto3
import pytest

from ops import rolled_back, versions
from ops.findings import Patient
from ops.target import WORKERS
from tests.ops.operator import Operator
from tests.ops.shipping import deploy, names, ship
from tests.ops.states import States


@pytest.fixture
def back(states: States, deployed_twice: Operator) -> Operator:
    """An operator of a stage that runs its release `one` again."""
    operator = deployed_twice

    def make() -> None:
        done = operator.types("deploy", "--previous", "--yes")
        assert done.exit_code == 0, done.output
        assert f"{operator.target.door}" in done.stdout
        assert "one of 20" in done.stdout, "the release and its time, not a version alone"

    states.bring("back", operator, make)
    return operator


def examined(operator: Operator) -> list[tuple[str, str]]:
    """What `doctor` says of it."""
    found = rolled_back.examine(Patient(operator.target, ""))
    return [(each.state.value, f"{each.found} {each.do}") for each in found]


def version(operator: Operator) -> str:
    return str(operator.reads("status")["version"][operator.target.door].get("back", ""))


def test_status_and_doctor_tell_to_what_and_when_until_the_next_deploy(back: Operator) -> None:
    assert version(back).startswith("went back to one of 20")
    assert "(deploy --previous)" in back.types("status").stdout
    ((state, told),) = examined(back)
    assert state == "warn"
    assert f"{back.stage} went back to one of 20" in told
    deploy(back, "three")
    assert version(back) == ""
    assert examined(back) == []


def test_a_deploy_of_what_runs_already_counts_too(back: Operator) -> None:
    deploy(back, "one")
    assert examined(back) == []


def test_what_was_shipped_by_other_means_did_not_go_back(back: Operator) -> None:
    for each in names(back):
        ship(each, "three")
    assert examined(back) == []


def test_a_worker_that_did_not_go_back_is_a_failure(deployed_twice: Operator) -> None:
    worker = deployed_twice.target.function(WORKERS[0])
    boto3.client("lambda").delete_alias(FunctionName=worker, Name=versions.PREVIOUS)
    deployed_twice.types("deploy", "--previous", "--yes")
    ((state, told),) = examined(deployed_twice)
    assert state == "fail"
    assert "two releases run side by side" in told
    assert f"{worker} not" in told

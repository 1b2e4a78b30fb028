"""All functions go back together to what they were before the last deploy."""

import boto3
import pytest
from botocore.exceptions import ClientError

from ops import go_back, versions
from ops.errors import Failed
from ops.target import WORKERS
from tests.ops import deployment
from tests.ops.operator import Operator
from tests.ops.shipping import (
    deploy,
    layer,
    move,
    names,
    policies,
    releases,
    running,
    ship,
    use,
    write_policy,
)


def test_functions_get_code_and_settings_of_before_the_last_deploy(shipped: Operator) -> None:
    deploy(shipped, "one")
    before = running(shipped)
    deploy(shipped, "two")
    assert running(shipped) != before
    done = shipped.types("deploy", "--previous", "--yes")
    assert done.exit_code == 0, done.output
    assert running(shipped) == before


def test_a_release_that_is_deployed_twice_does_not_replace_the_one_before(
    deployed_twice: Operator,
) -> None:
    operator = deployed_twice
    deploy(operator, "two")
    operator.types("deploy", "--previous", "--yes")
    assert releases(operator) == {"one"}
    again = operator.types("deploy", "--previous", "--yes")
    assert again.exit_code == 0
    assert f"{operator.stage} has gone back already" in again.stdout
    assert releases(operator) == {"one"}


def test_after_an_interrupted_deploy_it_goes_back_to_what_ran_before_that(
    deployed_twice: Operator,
) -> None:
    operator = deployed_twice
    versions.keep(operator.target, names(operator))
    ship(operator.target.door, "half of three")
    versions.keep(operator.target, names(operator))  # when it is run again
    ship(operator.target.door, "three")
    operator.types("deploy", "--previous", "--yes")
    assert releases(operator) == {"two"}


def test_roles_get_the_policies_of_that_time_again_and_no_second_one(shipped: Operator) -> None:
    role = shipped.target.function(WORKERS[0])
    for release in ("one", "two"):
        versions.keep(shipped.target, names(shipped))
        write_policy(role, f"s3:{release}")
        ship(shipped.target.door, release)
        versions.settle(shipped.target, names(shipped))
    done = shipped.types("deploy", "--previous", "--yes")
    assert done.exit_code == 0, done.output
    assert policies(role) == {role: "s3:one"}


def test_a_deploy_of_policies_alone_can_be_undone(shipped: Operator) -> None:
    role = shipped.target.function(WORKERS[0])
    write_policy(role, "s3:one")
    for release in ("one", "two"):
        deploy(shipped, release)
    versions.keep(shipped.target, names(shipped))
    write_policy(role, "s3:two")
    versions.settle(shipped.target, names(shipped))
    deploy(shipped, "two")  # which changes nothing, and uses nothing up
    done = shipped.types("deploy", "--previous", "--yes")
    assert done.exit_code == 0, done.output
    assert policies(role) == {role: "s3:one"}
    assert releases(shipped) == {"two"}


def test_a_deploy_that_ends_before_it_ships_leaves_all_functions_at_one_release(
    deployed_twice: Operator,
) -> None:
    operator = deployed_twice
    with pytest.raises(ClientError):  # as when AWS has no room for one more version
        versions.keep(operator.target, [*names(operator), "no-such-function"])
    operator.types("deploy", "--previous", "--yes")
    assert len(releases(operator)) == 1


def test_a_deploy_takes_away_what_going_back_half_way_has_left(shipped: Operator) -> None:
    role = shipped.target.function(WORKERS[0])
    write_policy(role, "s3:one", name=f"{role}-of-two-releases")
    write_policy(role, "s3:two")
    deploy(shipped, "two")
    assert policies(role) == {role: "s3:two"}


def test_what_ran_in_another_network_is_let_go_by_a_deploy_that_changes_nothing(
    shipped: Operator,
) -> None:
    worker = shipped.target.function(WORKERS[0])
    inside = {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}
    move(worker, inside)
    deploy(shipped, "one")
    versions.keep(shipped.target, names(shipped))
    move(worker, {"SubnetIds": [], "SecurityGroupIds": []})
    versions.settle(shipped.target, names(shipped))
    assert versions.earlier(names(shipped)) != []
    versions.keep(shipped.target, names(shipped))
    versions.settle(shipped.target, names(shipped))
    assert versions.earlier(names(shipped)) == []
    found = boto3.client("lambda").list_versions_by_function(FunctionName=worker)
    assert [each["Version"] for each in found["Versions"]] == ["$LATEST"]


def test_versions_that_no_deploy_needs_any_more_are_deleted(deployed_twice: Operator) -> None:
    operator = deployed_twice
    for release in ("three", "four"):
        deploy(operator, release)
    found = boto3.client("lambda").list_versions_by_function(FunctionName=operator.target.door)
    assert len(found["Versions"]) == 2, "what runs, and the one before"


def test_before_any_deploy_has_kept_something_it_says_so(shipped: Operator) -> None:
    done = shipped.types("deploy", "--previous", "--yes")
    assert done.exit_code == 1
    assert "Check out the commit that ran before" in done.stderr


def test_a_function_that_the_last_deploy_has_made_stays_and_is_named(shipped: Operator) -> None:
    deploy(shipped, "one")
    versions.keep(shipped.target, names(shipped))
    new = shipped.target.function("morning")
    deployment.make_function(new, shipped.stage, "any")
    for each in names(shipped):
        ship(each, "two")
    versions.settle(shipped.target, names(shipped))
    done = shipped.types("deploy", "--previous", "--yes")
    assert done.exit_code == 0, done.output
    assert f"{new}" in done.stdout
    assert "stays: the last deploy has made it" in done.stdout
    assert f"Not all of {shipped.stage} runs what ran before: {new} stays." in done.stdout
    assert releases(shipped) == {"one"}


def test_a_worker_that_stays_where_the_door_goes_back_is_a_failure(
    deployed_twice: Operator,
) -> None:
    worker = deployed_twice.target.function(WORKERS[0])
    boto3.client("lambda").delete_alias(FunctionName=worker, Name=versions.PREVIOUS)
    for _ in range(2):  # a second time there is nothing to do, and it is no better
        done = deployed_twice.types("deploy", "--previous", "--yes")
        assert done.exit_code == 1
        assert f"Two releases run side by side: {worker} has no earlier version" in done.stderr


def test_what_does_not_go_back_is_named_with_the_reason(shipped: Operator) -> None:
    worker, *_ = map(shipped.target.function, WORKERS)
    made = layer(worker)
    deploy(shipped, "one")
    versions.keep(shipped.target, names(shipped))
    use(worker)
    for each in names(shipped):
        ship(each, "two")
    versions.settle(shipped.target, names(shipped))
    boto3.client("lambda").delete_layer_version(LayerName=worker, VersionNumber=made["Version"])
    done = shipped.types("deploy", "--previous", "--yes")
    assert done.exit_code == 1
    assert "1 of 4 functions" in done.stderr
    (told,) = [line for line in done.stdout.splitlines() if f"{worker} " in line]
    assert "AWS refused UpdateFunctionConfiguration" in told
    assert running(shipped)[shipped.target.door][1] == "one"


def test_what_belongs_to_a_deploy_is_not_ignored_by_going_back(shipped: Operator) -> None:
    refused = shipped.types("deploy", "--previous", "--watch", "10m", "--yes")
    assert refused.exit_code == 2
    assert "--previous deploys nothing" in refused.stderr


def test_production_goes_back_only_after_a_yes(deployed_twice: Operator) -> None:
    assert deployed_twice.types("deploy", "--previous", answers="n\n").exit_code == 1
    assert releases(deployed_twice) == {"two"}


class TestWatching:
    """An alarm that goes on after a deploy undoes it."""

    def test_an_alarm_that_goes_on_undoes_the_deploy(self, deployed_twice: Operator) -> None:
        ring(deployed_twice, "job-failed")
        with pytest.raises(Failed, match="job-failed"):
            go_back.watch(deployed_twice.target, 60, on_before=(), changed=True)
        assert releases(deployed_twice) == {"one"}

    def test_a_deploy_that_changed_nothing_is_not_undone(self, deployed_twice: Operator) -> None:
        ring(deployed_twice, "job-failed")
        with pytest.raises(Failed, match="Nothing was undone"):
            go_back.watch(deployed_twice.target, 60, on_before=(), changed=False)
        assert releases(deployed_twice) == {"two"}

    def test_one_that_was_on_before_or_is_another_stages_does_not(
        self, deployed_twice: Operator
    ) -> None:
        target, other = deployed_twice.target, f"{deployed_twice.stage}-x"
        assert deployed_twice.asks("stage", other, "--like", deployed_twice.stage).exit_code == 0
        another = Operator(deployed_twice.project, other)
        assert another.types("up", "--yes", "--fixed-exit", "none").exit_code == 0
        ring(another, "job-failed")
        ring(deployed_twice, "push-refused")
        ring(deployed_twice, "gateway-failed")  # as when a function of another stage crashes
        go_back.watch(target, 0.1, on_before={f"{target.stack}-push-refused"}, changed=True)
        assert releases(deployed_twice) == {"two"}


def ring(operator: Operator, alarm: str) -> None:
    boto3.client("cloudwatch").set_alarm_state(
        AlarmName=f"{operator.target.stack}-{alarm}", StateValue="ALARM", StateReason="5 > 4"
    )

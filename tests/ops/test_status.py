"""`status` shows a stage on one screen: what it runs, what fails, what waits, what is left."""

import re
from typing import Any

import boto3
import pytest

from chalicelib import __version__
from ops import dashboard, frames, logs
from simulator.faults import IP_NOT_WHITELISTED, QUOTA_EXHAUSTED
from tests import breaks
from tests.ops import refusals
from tests.ops.letters import CAUSE, bury, log, queue
from tests.ops.operator import Operator
from tests.simulated import Side


@pytest.fixture
def deployed(side: Side, operator: Operator) -> Operator:
    """An operator of a stage that is deployed, beside a WeChat."""
    return operator


def seen(operator: Operator) -> dict[str, Any]:
    found: dict[str, Any] = operator.reads("status")
    return found


def test_each_function_is_there_with_the_release_that_its_processes_say(
    deployed: Operator,
) -> None:
    door, *_ = logs.groups(deployed.target)
    log(deployed, door, ago=-2, event="process started", version="1.0.0")
    found = seen(deployed)["version"]
    assert found.pop(deployed.target.door) == {"version": "1.0.0"}
    assert {each["version"] for each in found.values()} == {None}
    shown = deployed.types("status").stdout
    assert "1.0.0" in shown
    assert f"This checkout is {__version__}" in shown
    assert re.search(r"changed \d+ \w+ ago; no process has started since then", shown)


def test_errors_are_told_by_kind_with_the_frames_of_the_teams_code(deployed: Operator) -> None:
    _, worker, *_ = logs.groups(deployed.target)
    for ago in (20, 10):
        fields = {"route": "report.write", "cause": CAUSE, "openid": "never shown"}
        log(deployed, worker, ago, level="ERROR", event="a job failed", **fields)
    log(deployed, worker, 4 * 3600, level="ERROR", event="long ago")
    (error,) = seen(deployed)["errors"]
    assert (error["event"], error["route"], error["times"]) == ("a job failed", "report.write", 2)
    shown = deployed.types("status").stdout
    assert 'File "chalicelib/handlers/report.py", line 12, in write' in shown
    assert "KeyError" in shown
    assert "routing.py" not in shown
    assert "xml.py" not in shown
    assert "never shown" not in shown


def test_the_reason_of_an_error_is_told_in_words(deployed: Operator) -> None:
    door, *_ = logs.groups(deployed.target)
    fields = {"event": "an authentic push cannot be read", "reason": "field_missing_or_wrong"}
    log(deployed, door, 10, level="ERROR", **fields)
    assert "it lacks a field that WeChat documents" in deployed.types("status").stdout
    (error,) = seen(deployed)["errors"]
    assert error["reason"] == "field_missing_or_wrong", "scripts compare codes"


def test_pushes_that_were_turned_away_are_counted_by_reason_in_words(deployed: Operator) -> None:
    assert "none was turned away" in deployed.types("status").stdout
    door, *_ = logs.groups(deployed.target)
    for ago, counts in ((40, {"signature_wrong": 2}), (20, {"signature_wrong": 1, "base64": 1})):
        log(deployed, door, ago, event="pushes turned away", reasons=counts)
    log(deployed, door, 4 * 3600, event="pushes turned away", reasons={"timestamp": 1})
    shown = deployed.types("status").stdout
    assert re.search(r"4 turned away, the last one 2\d s ago", shown)
    assert "the signature is wrong: forged, or token differs from 微信开发者平台 (3)" in shown
    assert seen(deployed)["pushes"] == {"turned_away": {"signature_wrong": 3, "base64": 1}}


def test_what_doctor_sends_is_no_push_of_wechats(deployed: Operator) -> None:
    door, *_ = logs.groups(deployed.target)
    log(deployed, door, event="pushes turned away", reasons={"doctor_signature_wrong": 3})
    assert seen(deployed)["pushes"] == {"turned_away": {}}


def test_it_says_where_the_dashboard_is_if_it_is_there(
    deployed: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = deployed.target.stack
    place = f"cloudwatch/home?region=us-east-1#dashboards/dashboard/{name}"
    assert f"https://us-east-1.console.aws.amazon.com/{place}\n" in deployed.types("status").stdout
    boto3.client("cloudwatch").delete_dashboards(DashboardNames=[name])
    assert "Its dashboard" not in deployed.types("status").stdout
    monkeypatch.setenv("AWS_REGION", "cn-north-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "cn-north-1")
    assert dashboard.address(deployed.target).startswith("https://cn-north-1.console.amazonaws.cn/")


def test_a_line_that_the_team_writes_in_a_form_of_its_own_is_not_read(deployed: Operator) -> None:
    _, worker, *_ = logs.groups(deployed.target)
    log(deployed, worker, time="just now", level="ERROR", message="of another logger")
    assert seen(deployed)["errors"] == []


def test_an_error_without_the_teams_code_keeps_its_last_frame() -> None:
    without = [each for each in CAUSE if "handlers" not in each]
    *_, last = frames.shown(without)
    assert "chalicelib/wechat/xml.py" in last


def test_alarms_that_are_on_are_named(deployed: Operator) -> None:
    assert seen(deployed)["alarms"] == {}
    name = f"{deployed.target.stack}-job-failed"
    boto3.client("cloudwatch").set_alarm_state(
        AlarmName=name, StateValue="ALARM", StateReason="5 > 4"
    )
    assert seen(deployed)["alarms"] == {name: "5 > 4"}


def test_dead_letters_are_counted_and_secrets_have_an_age(deployed: Operator) -> None:
    bury(deployed, "3f" * 32)
    found = seen(deployed)
    assert found["queues"]["dead"] == 1
    assert found["secrets"]["token"]["version"] == 1
    assert " · token " in deployed.types("status").stdout


def test_a_queue_that_is_gone_hides_no_other(deployed: Operator) -> None:
    jobs, long = deployed.target.queues
    bury(deployed, "3f" * 32)
    boto3.client("sqs").delete_queue(QueueUrl=queue(long.dead_letters))
    found = seen(deployed)["queues"]
    assert (found["dead"], found["gone"]) == (1, [long.dead_letters])
    assert found["waiting"] == {jobs.name: 0, long.name: 0}
    shown = deployed.types("status").stdout
    assert "1 dead letter " in shown
    assert f"python -m ops up --stage {deployed.stage}" in shown


def test_what_somebody_deleted_of_any_kind_is_named(deployed: Operator) -> None:
    assert seen(deployed)["resources"] == []
    target = deployed.target
    breaks.delete_state(target)
    breaks.delete_alarm(target)
    breaks.delete_topic(target)
    found = seen(deployed)["resources"]
    assert {target.settings.state_table, f"{target.stack}-job-dead"} <= {*found}
    assert any(each.endswith(f":{target.stack}-alarms") for each in found)
    shown = deployed.types("status").stdout
    assert f"{target.settings.state_table} (Table) is gone" in shown
    assert f"→ python -m ops doctor --stage {deployed.stage}" in shown


def test_what_is_not_permitted_is_told_once(deployed: Operator) -> None:
    with refusals.of_permissions("ssm:GetParametersByPath", "logs:FilterLogEvents"):
        shown, found = deployed.types("status").stdout, seen(deployed)
    assert shown.count("you lack") == 1
    assert "you lack logs:FilterLogEvents, ssm:GetParametersByPath, so some is not shown" in shown
    assert found["permissions"] == ["logs:FilterLogEvents", "ssm:GetParametersByPath"]
    assert "logs:FilterLogEvents" in found["errors"]["error"]


def test_a_job_that_is_being_tried_is_shown(standing: Operator) -> None:
    jobs, _ = standing.target.queues
    sqs, url = boto3.client("sqs"), queue(jobs.name)
    sqs.send_message(
        QueueUrl=url, MessageBody="any", MessageGroupId="1", MessageDeduplicationId="1"
    )
    sqs.receive_message(QueueUrl=url, VisibilityTimeout=60)
    assert f"{jobs.name}: 0 wait, 1 is being tried" in standing.types("status").stdout


def test_wechats_quota_is_what_wechat_says(deployed: Operator, side: Side) -> None:
    send = "/cgi-bin/message/custom/send"
    quota = seen(deployed)["quota"][send]
    assert quota["used"] == 0
    assert quota["remain"] == quota["daily_limit"]
    side.world.faults.turn_on(QUOTA_EXHAUSTED)
    assert seen(deployed)["quota"][send]["remain"] == 0


def test_what_wechat_does_not_tell_does_not_hide_the_rest(deployed: Operator, side: Side) -> None:
    side.world.faults.turn_on(IP_NOT_WHITELISTED)
    found = seen(deployed)
    assert "40164" in found["quota"]["error"]
    assert found["queues"]["dead"] == 0


def test_a_stage_that_was_never_deployed_is_shown_all_the_same(operator: Operator) -> None:
    shown = operator.types("status")
    assert shown.exit_code == 0, shown.output
    words = " ".join(shown.stdout.split())
    assert f"{operator.stage} is not deployed in us-east-1: is that the right region" in words
    assert f"→ python -m ops deploy --stage {operator.stage}" in words
    assert "missing: app-id" in shown.stdout
    assert "python -m ops up" in shown.stdout


def test_what_never_ends_is_no_json(operator: Operator) -> None:
    assert operator.types("status", "--watch", "--json").exit_code == 2


def test_it_looks_again_until_ctrl_c(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses = iter([30])

    def pause(_: float) -> None:
        if not next(pauses, 0):
            raise KeyboardInterrupt

    monkeypatch.setattr("ops.status.time.sleep", pause)
    shown = operator.types("status", "--watch")
    assert shown.exit_code == 0, shown.output
    assert shown.stdout.count(f"{operator.stage} · us-east-1") == 2

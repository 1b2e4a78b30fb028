"""The recipe that tells a group chat of alarms, and its function in app.py."""

import json
import traceback
from secrets import token_hex
from types import ModuleType
from typing import Any

import pytest
from chalice.test import Client

from chalicelib import handlers
from tests.backends import Answer, backend
from tests.documents import Block
from tests.kit import OpenAccount
from tests.recipes import account_with_app, app_with, recipe, shows

OPERATIONS = "docs/operations.md"
ALARM = {
    "AlarmName": "wechalice-prod-job-dead",
    "AlarmDescription": "A job failed at its last try.",
    "NewStateValue": "ALARM",
    "NewStateReason": "Threshold Crossed: 1 datapoint [1.0] was greater than the threshold (0.0).",
    "StateChangeTime": "2026-12-01T01:00:00.000+0000",
    "Region": "Asia Pacific (Tokyo)",
}
TAKEN = Answer('{"errcode": 0, "errmsg": "ok"}')


@pytest.fixture
def robot() -> ModuleType:
    return recipe("robot")


def told(robot: ModuleType, path: str = "/cgi-bin/webhook/send", **changed: str) -> Any:
    """What a robot gets about the alarm."""
    with backend(TAKEN) as group:
        robot.tell(group.url.replace("/wechat", path), json.dumps({**ALARM, **changed}))
    (request,) = group.requests
    return json.loads(request.body)


def test_a_group_reads_which_alarm_and_what_it_means(robot: ModuleType) -> None:
    message = told(robot)
    assert message["msgtype"] == "text"
    said = message["text"]["content"].splitlines()
    assert said[0] == "【告警】wechalice-prod-job-dead"
    assert said[1] == ALARM["AlarmDescription"]
    assert said[2:] == [
        "Asia Pacific (Tokyo) 2026-12-01T01:00:00.000+0000",
        ALARM["NewStateReason"],
    ]


def test_feishu_gets_the_same_in_its_own_form(robot: ModuleType) -> None:
    with backend(Answer('{"code": 0, "msg": "success"}')) as group:
        address = group.url.replace("/wechat", "/open-apis/bot/v2/hook/key")
        robot.tell(address, json.dumps(ALARM))
    (request,) = group.requests
    message = json.loads(request.body)
    assert message == {"msg_type": "text", "content": {"text": robot.text(ALARM)}}


def test_an_alarm_that_is_over_is_told_as_such(robot: ModuleType) -> None:
    assert told(robot, NewStateValue="OK")["text"]["content"].startswith("【恢复】")


def test_a_long_reason_is_cut_to_what_wecom_takes(robot: ModuleType) -> None:
    said = told(robot, NewStateReason="很长" * 1000)["text"]["content"]
    assert 1990 < len(said.encode()) <= 2000


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Answer('{"errcode": 93000, "errmsg": "invalid webhook url"}'), "answers 93000"),
        (Answer('{"code": 19001, "msg": "param invalid"}'), "answers 19001"),
        (Answer("<html>", 502), "JSONDecodeError"),
        (Answer(status=0), "ConnectionError"),
    ],
)
def test_what_a_robot_refuses_fails_without_its_address(
    robot: ModuleType, answer: Answer, why: str
) -> None:
    key = token_hex(16)
    with backend(answer) as group, pytest.raises(robot.RobotRefused, match=why) as caught:
        robot.tell(f"{group.url}?key={key}", json.dumps(ALARM))
    assert key not in "".join(traceback.format_exception(caught.value))


@shows(OPERATIONS, "To a group chat")
def test_the_function_in_app_py_tells_the_group(
    open_account: OpenAccount, block: Block, robot: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handlers, "robot", robot, raising=False)
    monkeypatch.setenv("STAGE", "prod")
    names = app_with(block)
    topics = [each.topic for each in names["app"].event_sources if hasattr(each, "topic")]
    assert topics == ["wechalice-prod-alarms"]
    account = account_with_app(open_account, names)
    with backend(TAKEN) as group:
        account.put_secret("own/alarm-robot", group.url)
        with Client(names["app"]) as client:
            event = client.events.generate_sns_event(message=json.dumps(ALARM))
            client.lambda_.invoke("alarms", event)
    assert len(group.requests) == 1

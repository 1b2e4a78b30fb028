"""Tells a group chat of alarms, by a robot of WeCom, DingTalk or Feishu."""

import json
from typing import Any

import requests

WAIT = 10.0
"""Seconds that a robot may take to answer."""
LONGEST = 2000
"""Bytes of a text; WeCom takes 2048."""

_FEISHU = "/open-apis/bot/"


class RobotRefused(Exception):
    """A robot did not take a message. Says why, and nothing of the address, which is a secret."""


def tell(webhook: str, alarm: str) -> None:
    """Sends what CloudWatch says of an alarm. Raises RobotRefused; then SNS tries again."""
    said = text(json.loads(alarm))
    message: dict[str, Any] = {"msgtype": "text", "text": {"content": said}}
    if _FEISHU in webhook:
        message = {"msg_type": "text", "content": {"text": said}}
    try:
        answer = requests.post(webhook, json=message, timeout=WAIT).json()
    except requests.RequestException as error:
        raise RobotRefused(type(error).__name__) from None
    code = answer.get("errcode", answer.get("code"))
    if code != 0:
        raise RobotRefused(f"the robot answers {code}")


def text(alarm: dict[str, Any]) -> str:
    """What the group reads: which alarm, what it means, and what was measured."""
    lines = [
        f"【{'告警' if alarm['NewStateValue'] == 'ALARM' else '恢复'}】{alarm['AlarmName']}",
        alarm["AlarmDescription"] or "",
        f"{alarm['Region']} {alarm['StateChangeTime']}",
        alarm["NewStateReason"],
    ]
    return "\n".join(lines).encode()[:LONGEST].decode(errors="ignore")

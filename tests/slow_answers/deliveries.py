"""How tests deliver pushes, and what the user got."""

from typing import Any

from simulator import pushes
from simulator.envelopes import Sealed, seal
from tests.door import Door, Response

ALICE = "oAlice"
SUCCESS = Response(200, "text/plain", "success")
SEND = "/cgi-bin/message/custom/send"


def sealed(door: Door, text: str, openid: str = ALICE) -> Sealed:
    return seal(door.account, pushes.text(text).by(openid), door.clock.now)


def deliver(door: Door, push: Sealed) -> Response:
    return door.post(push.query, push.body)


def say(door: Door, text: str, openid: str = ALICE) -> Response:
    return deliver(door, sealed(door, text, openid))


def texts(door: Door, openid: str = ALICE) -> list[Any]:
    """What the user got by customer service messages."""
    return [
        message.get("text", {}).get("content") or message["msgtype"]
        for message in door.wechat.received(openid)
    ]

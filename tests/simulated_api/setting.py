"""WeChat's side with a clock that tests move, and a client of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from chalicelib.api.client import Api
from chalicelib.wechat.customer_service import parts
from chalicelib.wechat.errors import ApiError
from chalicelib.wechat.replies import Reply, Text
from simulator.account import Account
from simulator.events import USER
from tests.fakes import Clock
from tests.patience import PATIENCE
from tests.simulated import Side

ACCOUNT = Account.new()
SEND = "/cgi-bin/message/custom/send"


@dataclass
class Setting:
    """WeChat's side with a clock that tests move, and a client of it."""

    side: Side
    clock: Clock
    api: Api

    def send(self, reply: Reply | str, openid: str = USER) -> None:
        for payload in parts(Text(reply) if isinstance(reply, str) else reply):
            self.api.send(openid, payload)

    @property
    def said(self) -> list[object]:
        return [each.message for each in self.side.world.received]

    @property
    def paths(self) -> list[str]:
        return [call.path for call in self.side.world.calls]


def refusal(wechat: Setting, path: str, body: Mapping[str, Any]) -> int:
    """The errcode with which a POST is refused."""
    with pytest.raises(ApiError) as raised:
        wechat.api.call("POST", path, body=body)
    return raised.value.errcode


def uploaded(
    wechat: Setting, path: str, kind: str, name: str, content: bytes, **fields: str
) -> dict[str, Any]:
    """The answer to an upload, whatever it says."""
    query = {"access_token": str(stable_token(wechat)["access_token"]), "type": kind}
    answer = httpx.post(
        wechat.side.address + path,
        params=query,
        files={"media": (name, content)},
        data=fields,
        timeout=PATIENCE,
    )
    found: dict[str, Any] = answer.json()
    return found


def refused(wechat: Setting, reply: Reply | str = "hi", openid: str = USER) -> int:
    """The errcode with which a message is refused."""
    with pytest.raises(ApiError) as raised:
        wechat.send(reply, openid)
    return raised.value.errcode


def stable_token(wechat: Setting, **changes: object) -> dict[str, object]:
    body = {
        "grant_type": "client_credential",
        "appid": ACCOUNT.app_id,
        "secret": ACCOUNT.app_secret,
        **changes,
    }
    answer = httpx.post(f"{wechat.side.address}/cgi-bin/stable_token", json=body, timeout=PATIENCE)
    assert answer.status_code == 200
    fields: dict[str, object] = answer.json()
    return fields

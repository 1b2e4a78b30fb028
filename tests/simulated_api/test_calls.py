"""The other calls of the simulated API, asked by the backend's own client."""

from collections.abc import Mapping

import httpx
import pytest

from chalicelib.wechat.errors import ApiError
from simulator import pushes
from simulator.platform.refusals import NOT_PLAYED
from tests.patience import PATIENCE
from tests.simulated_api.setting import ACCOUNT, SEND, Setting, stable_token


def test_what_a_push_brought_can_be_downloaded_and_nothing_else(wechat: Setting) -> None:
    wechat.side.world.arrived(pushes.image("brought"))
    assert wechat.api.download_media("brought")
    with pytest.raises(ApiError) as raised:
        wechat.api.download_media("invented")
    assert raised.value.errcode == 40007


def test_a_qr_code_and_a_ticket_are_given_out(wechat: Setting) -> None:
    assert wechat.api.create_qr_code("poster", 60).ticket
    assert wechat.api.create_qr_code(7, None).url.startswith("http://weixin.qq.com/q/")
    assert wechat.api.js_sdk_signature("https://example.com/").signature


@pytest.mark.parametrize("path", ["/cgi-bin/poi/getpoilist", "/datacube/getusersummary"])
def test_what_is_not_played_says_so(wechat: Setting, path: str) -> None:
    with pytest.raises(ApiError, match=f"the simulator does not play {path} yet") as raised:
        wechat.api.call("GET", path)
    assert raised.value.errcode == NOT_PLAYED


def test_a_call_by_another_method_says_so(wechat: Setting) -> None:
    with pytest.raises(ApiError) as raised:
        wechat.api.call("POST", "/cgi-bin/menu/get", body={})
    assert raised.value.errcode == 43001


def test_calls_are_listed_without_token_or_secret(wechat: Setting) -> None:
    wechat.side.world.arrived(pushes.text("hi"))
    wechat.send("hi")
    assert [(call.path, call.errcode) for call in wechat.side.world.calls] == [
        ("/cgi-bin/stable_token", 0),
        (SEND, 0),
    ]
    token = stable_token(wechat)["access_token"]
    conversation = httpx.get(f"{wechat.side.address}/conversation", timeout=PATIENCE).text
    shown = conversation + repr(wechat.side.world.calls)
    assert str(token) not in shown
    assert ACCOUNT.app_secret not in shown


def test_it_tells_how_often_a_call_was_made_today(wechat: Setting) -> None:
    def quota(path: str) -> Mapping[str, int]:
        answer = wechat.api.call("POST", "/cgi-bin/openapi/quota/get", body={"cgi_path": path})
        found: Mapping[str, int] = answer["quota"]
        return found

    wechat.api.followers()
    found = quota("/cgi-bin/user/get")
    assert (found["used"], found["remain"]) == (1, found["daily_limit"] - 1)
    with pytest.raises(ApiError) as raised:
        quota("/cgi-bin/stable_token")
    assert raised.value.errcode == 76021

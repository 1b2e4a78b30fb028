"""The other calls of the simulated API, asked by the backend's own client."""

from collections.abc import Mapping

import httpx
import pytest

from chalicelib.wechat.api_responses import Followers
from chalicelib.wechat.errors import ApiError
from chalicelib.wechat.templates import TemplateMessage
from simulator import pushes
from simulator.events import USER
from simulator.platform import calls
from simulator.platform.world import Template
from tests.patience import PATIENCE
from tests.simulated_api.setting import ACCOUNT, SEND, Setting, stable_token


def test_what_is_uploaded_comes_back(wechat: Setting) -> None:
    content = bytes(range(256)) + b"\r\n--\r\n"
    media_id = wechat.api.upload_media("image", "图.png", content)
    assert wechat.api.download_media(media_id) == content


def test_a_video_comes_back_by_its_address(wechat: Setting) -> None:
    media_id = wechat.api.upload_media("video", "v.mp4", b"film")
    assert wechat.api.download_media(media_id) == b"film"
    assert wechat.paths.count("/cgi-bin/media/get") == 1


def test_a_cover_has_a_name_of_its_own(wechat: Setting) -> None:
    assert wechat.api.download_media(wechat.api.upload_media("thumb", "t.jpg", b"t")) == b"t"


def test_what_a_push_brought_can_be_downloaded_and_nothing_else(wechat: Setting) -> None:
    wechat.side.world.arrived(pushes.image("brought"))
    assert wechat.api.download_media("brought")
    with pytest.raises(ApiError) as raised:
        wechat.api.download_media("invented")
    assert raised.value.errcode == 40007


def test_a_follower_is_known_since_their_first_push(wechat: Setting) -> None:
    wechat.side.world.arrived(pushes.text("hi"))
    info = wechat.api.user_info(USER)
    assert (info.openid, info.subscribe, info.subscribe_time) == (USER, True, 1_700_000_000)


def test_followers_are_listed_page_by_page(
    wechat: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "FOLLOWERS_A_PAGE", 2)
    world, before = wechat.side.world, wechat.api.followers().openids
    for openid in ("o1", "o2", "o3"):
        world.arrived(pushes.text("hi").by(openid))
    world.arrived(pushes.unfollow().by("o2"))
    assert wechat.api.followers() == Followers(4, before, before[1])
    assert wechat.api.followers(before[1]) == Followers(4, ("o1", "o3"), "o3")
    assert wechat.api.followers("o2") == Followers(4, ("o3",), "o3")
    assert wechat.api.followers("o3") == Followers(4, (), "")
    with pytest.raises(ApiError) as raised:
        wechat.api.followers("oNobody")
    assert raised.value.errcode == 40003


def test_a_menu_is_made_read_and_deleted(wechat: Setting) -> None:
    button = {"type": "click", "name": "客服", "key": "CONTACT"}
    wechat.api.create_menu([button])
    assert wechat.api.get_menu()["menu"] == {"button": [button]}
    wechat.api.delete_menu()
    with pytest.raises(ApiError) as raised:
        wechat.api.get_menu()
    assert raised.value.errcode == 46003


def test_a_template_message_needs_no_window(wechat: Setting) -> None:
    wechat.side.world.arrived(pushes.view("https://example.com/"))
    message = TemplateMessage("t1", {"thing1": "包裹"}, "https://example.com/")
    assert wechat.api.send_template(USER, message)
    assert wechat.said == [Template("t1", {"thing1": "包裹"}, "https://example.com/")]


def test_a_qr_code_and_a_ticket_are_given_out(wechat: Setting) -> None:
    assert wechat.api.create_qr_code("poster", 60).ticket
    assert wechat.api.create_qr_code(7, None).url.startswith("http://weixin.qq.com/q/")
    assert wechat.api.js_sdk_signature("https://example.com/").signature


def test_a_call_that_is_not_played_or_called_otherwise_says_so(wechat: Setting) -> None:
    with pytest.raises(ApiError) as raised:
        wechat.api.call("GET", "/cgi-bin/invented")
    assert raised.value.errcode == 40066
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

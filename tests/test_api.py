"""Calls of WeChat's API: what they send, what they give back, and what their errors say."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.api.client import Api
from chalicelib.ports import Upload
from chalicelib.wechat.api_responses import ApiResponse, KfSession, QrCode, UserInfo
from chalicelib.wechat.customer_service import parts
from chalicelib.wechat.errors import (
    ApiError,
    Final,
    MessageRefused,
    OperatorMustAct,
    TryLater,
    Uncertain,
)
from chalicelib.wechat.replies import Text
from chalicelib.wechat.templates import MiniProgram, TemplateMessage
from tests.fakes import Request
from tests.wechat_api import WeChat, json_answer


@pytest.fixture
def wechat() -> WeChat:
    return WeChat()


def get(wechat: WeChat) -> dict[str, Any]:
    return wechat.api.call("GET", "/cgi-bin/tags/get")


class TestWhatACallGivesBack:
    def test_the_fields_of_its_json(self, wechat: WeChat) -> None:
        wechat.answers["/cgi-bin/tags/get"] = json_answer(tags=[{"id": 1, "name": "星标"}])
        assert get(wechat) == {"tags": [{"id": 1, "name": "星标"}]}

    def test_control_characters_in_a_name_are_forgiven(self, wechat: WeChat) -> None:
        wechat.answers["/cgi-bin/tags/get"] = ApiResponse(
            200, "text/plain", b'{"name":"a\x01\xff"}'
        )
        assert get(wechat) == {"name": "a\x01�"}

    def test_an_errcode_is_an_error(self, wechat: WeChat) -> None:
        wechat.answers["/cgi-bin/tags/get"] = json_answer(errcode=40003, errmsg="invalid openid")
        with pytest.raises(Final) as failure:
            get(wechat)
        assert failure.value.errcode == 40003
        assert len(wechat.requests("/cgi-bin/tags/get")) == 1

    @pytest.mark.parametrize(
        ("answer", "kind"),
        [
            (ApiResponse(500, "text/html", b"busy"), TryLater),
            (ApiResponse(503, "application/json", b"{}"), TryLater),
            (ApiResponse(502, "text/html", b""), Uncertain),
            (ApiResponse(504, "text/html", b""), Uncertain),
            (ApiResponse(404, "text/html", b""), OperatorMustAct),
            (ApiResponse(302, "text/html", b""), OperatorMustAct),
            (ApiResponse(200, "text/html", b"<p>sign in to this network</p>"), Uncertain),
            (ApiResponse(200, "application/json", b"[]"), Uncertain),
        ],
    )
    def test_an_answer_that_is_not_wechats_is_an_error(
        self, wechat: WeChat, answer: ApiResponse, kind: type[ApiError]
    ) -> None:
        wechat.answers["/cgi-bin/tags/get"] = answer
        with pytest.raises(ApiError) as failure:
            get(wechat)
        assert type(failure.value) is kind

    def test_json_travels_unescaped(self, wechat: WeChat) -> None:
        wechat.api.call("POST", "/cgi-bin/tags/create", body={"tag": {"name": "星标😀"}})
        assert "星标😀".encode() in sent_bytes(wechat)


def sent_bytes(wechat: WeChat) -> bytes:
    body = wechat.transport.requests[-1].body
    assert isinstance(body, bytes)
    return body


def last(wechat: WeChat) -> Request:
    return wechat.transport.requests[-1]


class TestMessages:
    def test_a_payload_is_sent_to_its_user(self, wechat: WeChat) -> None:
        (payload,) = parts(Text("你好"))
        wechat.api.send("oAlice", payload)
        assert last(wechat).path == "/cgi-bin/message/custom/send"
        assert last(wechat).fields == {"touser": "oAlice", **payload}
        assert "你好".encode() in sent_bytes(wechat)

    @pytest.mark.parametrize(
        ("show", "command"), [(Api.typing, "Typing"), (Api.cancel_typing, "CancelTyping")]
    )
    def test_the_typing_indicator_comes_and_goes(
        self, wechat: WeChat, show: Callable[[Api, str], None], command: str
    ) -> None:
        show(wechat.api, "oAlice")
        assert last(wechat).path == "/cgi-bin/message/custom/typing"
        assert last(wechat).fields == {"touser": "oAlice", "command": command}

    def test_a_template_message_is_filled_in(self, wechat: WeChat) -> None:
        wechat.answers["/cgi-bin/message/template/send"] = json_answer(errcode=0, msgid=200163836)
        message = TemplateMessage(
            "t1", {"thing1": "书"}, "https://u", MiniProgram("wx2", "index"), "key"
        )
        assert wechat.api.send_template("oAlice", message) == 200163836
        assert last(wechat).fields == {
            "touser": "oAlice",
            "template_id": "t1",
            "data": {"thing1": {"value": "书"}},
            "url": "https://u",
            "miniprogram": {"appid": "wx2", "pagepath": "index"},
            "client_msg_id": "key",
        }


class TestMedia:
    @pytest.mark.parametrize(
        ("kind", "field"), [("image", "media_id"), ("thumb", "thumb_media_id")]
    )
    def test_an_upload_gives_a_media_id(self, wechat: WeChat, kind: Any, field: str) -> None:
        wechat.answers["/cgi-bin/media/upload"] = json_answer(type=kind, **{field: "m1"})
        assert wechat.api.upload_media(kind, "a.jpg", b"\xff\xd8") == "m1"
        assert last(wechat).body == Upload("media", "a.jpg", b"\xff\xd8")
        assert last(wechat).query["type"] == kind

    def test_a_download_gives_bytes(self, wechat: WeChat) -> None:
        wechat.answers["/cgi-bin/media/get"] = ApiResponse(200, "image/jpeg", b"\xff\xd8")
        assert wechat.api.download_media("m1") == b"\xff\xd8"
        assert last(wechat).query == {"access_token": "token-1", "media_id": "m1"}

    def test_a_download_with_a_rejected_token_is_repeated(self, wechat: WeChat) -> None:
        wechat.rejected = {"token-1"}
        wechat.answers["/cgi-bin/media/get"] = ApiResponse(200, "image/jpeg", b"\xff\xd8")
        assert wechat.api.download_media("m1") == b"\xff\xd8"

    def test_a_video_is_fetched_where_wechat_says_it_is_and_without_the_token(
        self, wechat: WeChat
    ) -> None:
        wechat.answers["/cgi-bin/media/get"] = json_answer(video_url="https://v/1.mp4")
        wechat.answers["https://v/1.mp4"] = ApiResponse(200, "video/mp4", b"mp4")
        assert wechat.api.download_media("m1") == b"mp4"
        assert last(wechat).query == {}

    def test_a_media_id_that_has_ended_is_an_error(self, wechat: WeChat) -> None:
        wechat.answers["/cgi-bin/media/get"] = ApiResponse(200, "text/plain", b'{"errcode":40007}')
        with pytest.raises(ApiError) as failure:
            wechat.api.download_media("m1")
        assert failure.value.errcode == 40007


class TestTheRest:
    def test_user_info_has_what_wechat_tells(self, wechat: WeChat) -> None:
        wechat.answers["/cgi-bin/user/info"] = json_answer(
            subscribe=1, openid="oAlice", language="zh_CN", tagid_list=[2], qr_scene=1
        )
        assert wechat.api.user_info("oAlice") == UserInfo(
            openid="oAlice", subscribe=True, language="zh_CN", tagid_list=(2,)
        )
        assert last(wechat).query["openid"] == "oAlice"

    def test_of_a_stranger_it_has_the_openid(self, wechat: WeChat) -> None:
        wechat.answers["/cgi-bin/user/info"] = json_answer(subscribe=0, openid="oBob")
        assert wechat.api.user_info("oBob") == UserInfo(openid="oBob", subscribe=False)

    def test_a_menu_is_created_read_and_deleted(self, wechat: WeChat) -> None:
        buttons = [{"type": "click", "name": "联系", "key": "CONTACT"}]
        wechat.api.create_menu(buttons)
        assert (last(wechat).path, last(wechat).fields) == (
            "/cgi-bin/menu/create",
            {"button": buttons},
        )
        wechat.answers["/cgi-bin/menu/get"] = json_answer(menu={"button": buttons})
        assert wechat.api.get_menu() == {"menu": {"button": buttons}}
        wechat.api.delete_menu()
        assert (last(wechat).method, last(wechat).path) == ("GET", "/cgi-bin/menu/delete")

    @pytest.mark.parametrize(
        ("scene", "seconds", "code"),
        [
            ("a", 60, {"expire_seconds": 60, "action_name": "QR_STR_SCENE"}),
            (7, 60, {"expire_seconds": 60, "action_name": "QR_SCENE"}),
            ("a", None, {"action_name": "QR_LIMIT_STR_SCENE"}),
            (7, None, {"action_name": "QR_LIMIT_SCENE"}),
        ],
    )
    def test_a_qr_code_brings_its_scene(
        self, wechat: WeChat, scene: str | int, seconds: int | None, code: dict[str, Any]
    ) -> None:
        wechat.answers["/cgi-bin/qrcode/create"] = json_answer(ticket="g/Q+", url="http://w/q")
        made = wechat.api.create_qr_code(scene, seconds)
        name = "scene_str" if isinstance(scene, str) else "scene_id"
        assert last(wechat).fields == {**code, "action_info": {"scene": {name: scene}}}
        assert made == QrCode("g/Q+", "http://w/q")
        assert made.image_url == "https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket=g%2FQ%2B"

    @pytest.mark.parametrize(
        ("scene", "seconds", "advice"),
        [
            ("", 60, "1 to 64 characters"),
            ("a" * 65, None, "1 to 64 characters"),
            (0, 60, "from 1 to 4294967295"),
            (2**32, 60, "from 1 to 4294967295"),
            (0, None, "from 1 to 100000"),
            (100_001, None, "from 1 to 100000"),
        ],
    )
    def test_a_qr_code_that_would_bring_no_scene_is_refused(
        self, wechat: WeChat, scene: str | int, seconds: int | None, advice: str
    ) -> None:
        with pytest.raises(MessageRefused, match=advice):
            wechat.api.create_qr_code(scene, seconds)
        assert not wechat.transport.requests

    def test_staff_take_a_user_and_leave_them(self, wechat: WeChat) -> None:
        wechat.api.open_session("oAlice", "service@shop")
        assert last(wechat).path == "/customservice/kfsession/create"
        assert last(wechat).fields == {"kf_account": "service@shop", "openid": "oAlice"}
        wechat.api.close_session("oAlice", "service@shop")
        assert last(wechat).path == "/customservice/kfsession/close"

    def test_whoever_talks_with_staff_is_known(self, wechat: WeChat) -> None:
        path = "/customservice/kfsession/getsession"
        wechat.answers[path] = json_answer(createtime=123456789, kf_account="service@shop")
        assert wechat.api.session("oAlice") == KfSession("service@shop", 123456789)
        assert last(wechat).query["openid"] == "oAlice"
        wechat.answers[path] = json_answer(kf_account="")
        assert wechat.api.session("oAlice") is None

    def test_a_page_is_signed_without_its_fragment(self, wechat: WeChat) -> None:
        wechat.answers["/cgi-bin/ticket/getticket"] = json_answer(ticket="kgt8", expires_in=7200)
        signed = wechat.api.js_sdk_signature("https://example.com/?a=1#top")
        text = (
            f"jsapi_ticket=kgt8&noncestr={signed.nonce_str}&timestamp=1700000000"
            "&url=https://example.com/?a=1"
        )
        assert signed.signature == hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
        assert (signed.app_id, signed.timestamp) == ("wx1", 1_700_000_000)
        assert last(wechat).query["type"] == "jsapi"

    def test_the_jsapi_ticket_is_kept_like_the_token(self, wechat: WeChat) -> None:
        wechat.answers["/cgi-bin/ticket/getticket"] = json_answer(ticket="kgt8", expires_in=7200)
        first, second = (wechat.api.js_sdk_signature("https://example.com/") for _ in range(2))
        assert first.nonce_str != second.nonce_str
        assert len(wechat.requests("/cgi-bin/ticket/getticket")) == 1

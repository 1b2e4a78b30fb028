"""What teams call most has methods of its own, which fit WeChat's side as it is played."""

import pytest

from chalicelib.wechat.api_responses import Tag, Tagged
from chalicelib.wechat.errors import MessageRefused
from chalicelib.wechat.replies import Text
from chalicelib.wechat.templates import MiniProgram, SubscribeMessage
from simulator.events import USER
from simulator.platform.world import Received, Template
from tests.simulated_api.setting import Setting
from tests.simulated_api.test_templates import chosen

BOB = "oBOB-01234567890-01234567890"


def test_a_permanent_video_is_uploaded_with_its_description(played: Setting) -> None:
    film = {"title": "开业", "introduction": "第一天"}
    added = played.api.upload(
        "/cgi-bin/material/add_material",
        "v.mp4",
        b"film",
        query={"type": "video"},
        fields={"description": film},
    )
    asked = {"media_id": added["media_id"]}
    kept = played.api.call("POST", "/cgi-bin/material/get_material", body=asked)
    assert (kept["title"], kept["description"]) == ("开业", "第一天")
    with pytest.raises(MessageRefused, match="use call"):
        played.api.download("/cgi-bin/material/get_material", body=asked)


def test_a_permanent_picture_is_downloaded(played: Setting) -> None:
    added = played.api.upload(
        "/cgi-bin/material/add_material", "a.png", b"\x89PNG", query={"type": "image"}
    )
    asked = {"media_id": added["media_id"]}
    assert played.api.download("/cgi-bin/material/get_material", body=asked) == b"\x89PNG"
    with pytest.raises(MessageRefused, match="use download"):
        played.api.call("POST", "/cgi-bin/material/get_material", body=asked)


def test_followers_are_tagged_and_found_by_their_tag(played: Setting) -> None:
    played.side.world.user(USER).follows = True
    tag = played.api.create_tag("会员")
    played.api.tag(tag.id, [USER])
    assert played.api.tags()[-1] == Tag(tag.id, "会员", 1)
    assert played.api.tagged(tag.id) == Tagged((USER,), USER)
    assert played.api.tagged(tag.id, after=USER) == Tagged((), "")
    (known,) = played.api.user_infos([USER])
    assert (known.openid, known.tagid_list) == (USER, (tag.id,))
    played.api.untag(tag.id, [USER])
    assert played.api.tagged(tag.id).openids == ()
    played.api.delete_tag(tag.id)
    assert tag.id not in [each.id for each in played.api.tags()]


def test_a_subscribe_message_goes_to_who_agreed_once(played: Setting) -> None:
    message = SubscribeMessage("t", {"thing1": "还书"}, "pages/loans")
    with pytest.raises(MessageRefused) as refused:
        played.api.send_subscribe(USER, message)
    assert refused.value.errcode == 43101
    played.side.world.arrived(chosen("popup", "t", "accept"))
    played.api.send_subscribe(USER, message)
    assert played.said == [Template("t", {"thing1": "还书"}, "pages/loans", "订阅通知")]


def test_a_subscribe_message_may_open_a_mini_program() -> None:
    message = SubscribeMessage("t", {}, miniprogram=MiniProgram("wx2", "index"))
    assert message.payload()["miniprogram"] == {"appid": "wx2", "pagepath": "index"}


def test_a_message_to_many_goes_to_those_with_a_tag_and_once(played: Setting) -> None:
    tag = played.api.create_tag("会员")
    for openid in (USER, BOB):
        played.side.world.known(openid)
    played.api.tag(tag.id, [BOB])
    words = {"msgtype": "text", "text": {"content": "明天九折"}, "clientmsgid": "1"}
    sent = {"filter": {"is_to_all": False, "tag_id": tag.id}, **words}
    played.api.call("POST", "/cgi-bin/message/mass/sendall", body=sent)
    with pytest.raises(MessageRefused) as refused:
        played.api.call("POST", "/cgi-bin/message/mass/sendall", body=sent)
    assert refused.value.errcode == 45065
    assert played.side.world.received == [Received(BOB, Text("明天九折"))]


def test_a_long_text_has_a_short_key(played: Setting) -> None:
    key = played.api.shorten("订单 1000，桌号 7", seconds=60)
    assert key.isalnum()
    assert len(key) == 15
    assert played.api.expand(key) == "订单 1000，桌号 7"
    played.clock.sleep(60)
    with pytest.raises(MessageRefused):
        played.api.expand(key)

"""Customer service messages at the simulated API, asked by the backend's own client."""

import httpx
import pytest

from chalicelib.wechat.errors import Final
from chalicelib.wechat.replies import (
    Article,
    By,
    Image,
    MiniProgramPage,
    MpNews,
    MpNewsArticle,
    MsgMenu,
    MsgMenuItem,
    Music,
    News,
    Reply,
    Text,
    Video,
    Voice,
    WxCard,
)
from simulator import pushes
from simulator.events import USER
from simulator.platform.world import Received
from tests.patience import PATIENCE
from tests.simulated_api.setting import SEND, Setting, stable_token

MESSAGES: list[Reply] = [
    Text('你好 <&> \\u4f60 " 😀\n\x1b'),
    Image("m1"),
    Voice("m2"),
    Video("m3", "标题", "简介", "m4"),
    Music("m5", "歌", "词", "https://example.com/1", "https://example.com/2"),
    News(Article("一", "二", "https://example.com/3", "https://example.com/4")),
    MpNews("m6"),
    MpNewsArticle("a1"),
    MsgMenu("满意吗？", (MsgMenuItem("1", "满意"), MsgMenuItem("2", "不满意")), "谢谢"),
    WxCard("c1"),
    MiniProgramPage("小程序", "wx1", "pages/index", "m7"),
    By("kf@simulated", Text("人工")),
    By("kf@simulated", Text("机器", ai=True)),
    News(Article("一"), ai=True),
]
LABELLED = '{"touser": "%%s", "msgtype": "text", "text": {"content": "hi"}, "aimsgcontext": %s}'


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_each_kind_of_message_reaches_the_user_as_it_was_sent(
    wechat: Setting, message: Reply
) -> None:
    wechat.side.world.arrived(pushes.text("hi"))
    wechat.send(message)
    assert wechat.side.world.received == [Received(USER, message)]


def test_escaped_characters_are_shown_as_they_stand(wechat: Setting) -> None:
    wechat.side.world.arrived(pushes.text("hi"))
    token = stable_token(wechat)["access_token"]
    body = '{"touser": "%s", "msgtype": "text", "text": {"content": "\\u4f60\\n\\\\u597d"}}'
    answer = httpx.post(
        f"{wechat.side.address}{SEND}?access_token={token}", content=body % USER, timeout=PATIENCE
    ).json()
    assert answer == {"errcode": 0, "errmsg": "ok"}
    assert wechat.said == [Text("\\u4f60\n\\u597d")]


@pytest.mark.parametrize(
    ("body", "errcode"),
    [
        ("{", 47001),
        ("[]", 47001),
        ('{"touser": "oNobody", "msgtype": "text", "text": {"content": "hi"}}', 40003),
        ('{"touser": "%s", "msgtype": "fax", "fax": {}}', 40008),
        ('{"touser": "%s", "msgtype": "text", "text": "hi"}', 47001),
        ('{"touser": "%s", "msgtype": "text", "text": {"content": ""}}', 44004),
        ('{"touser": "%s", "msgtype": "image", "image": {}}', 40007),
        ('{"touser": "%s", "msgtype": "news", "news": {"articles": [{}, {}]}}', 45008),
        ('{"touser": "%s", "msgtype": "msgmenu", "msgmenu": {"list": []}}', 47003),
        (LABELLED % "1", 47001),
        (LABELLED % '{"is_ai_msg": true}', 47001),
        (LABELLED % '{"is_ai_msg": 2}', 47001),
        (b"\xff", 40033),
    ],
)
def test_what_is_no_message_is_refused(wechat: Setting, body: str | bytes, errcode: int) -> None:
    wechat.side.world.arrived(pushes.text("hi"))
    token = stable_token(wechat)["access_token"]
    content = body.replace("%s", USER) if isinstance(body, str) else body
    url = f"{wechat.side.address}{SEND}?access_token={token}"
    assert httpx.post(url, content=content, timeout=PATIENCE).json()["errcode"] == errcode
    assert wechat.said == []


def test_a_text_may_have_2048_bytes(wechat: Setting) -> None:
    wechat.side.world.arrived(pushes.text("hi"))
    wechat.api.send(USER, {"msgtype": "text", "text": {"content": "x" * 2048}})
    with pytest.raises(Final) as raised:
        wechat.api.send(USER, {"msgtype": "text", "text": {"content": "长" * 683}})
    assert raised.value.errcode == 45002

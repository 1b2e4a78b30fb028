"""WeChat's API as the simulator plays it, asked by the backend's own client."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import httpx
import pytest

from chalicelib.adapters.wechat_http import HttpTransport
from chalicelib.api.client import Api
from chalicelib.credentials.app_secrets import AppSecrets
from chalicelib.wechat.customer_service import parts
from chalicelib.wechat.errors import ApiError, Final, OperatorMustAct, SecretRefused
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
from chalicelib.wechat.templates import TemplateMessage
from simulator import pushes
from simulator.account import Account
from simulator.events import USER
from simulator.platform.world import Received, Template
from simulator.pushes import Push
from tests.fakes import Clock
from tests.simulated import Side, client_of, parameters_of, wechat_side

ACCOUNT = Account.new()
SEND = "/cgi-bin/message/custom/send"
TYPING = "/cgi-bin/message/custom/typing"
DAY = 24 * 3600
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
]


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


@pytest.fixture
def wechat() -> Iterator[Setting]:
    clock = Clock(1_700_000_000)
    with wechat_side(ACCOUNT, clock=clock) as side:
        yield Setting(side, clock, client_of(side.address, ACCOUNT))


def refused(wechat: Setting, reply: Reply | str = "hi", openid: str = USER) -> int:
    """The errcode with which a message is refused."""
    with pytest.raises(Final) as raised:
        wechat.send(reply, openid)
    return raised.value.errcode


# --- Customer service messages ----------------------------------------------------------------


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
        f"{wechat.side.address}{SEND}?access_token={token}", content=body % USER
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
        (b"\xff", 40033),
    ],
)
def test_what_is_no_message_is_refused(wechat: Setting, body: str | bytes, errcode: int) -> None:
    wechat.side.world.arrived(pushes.text("hi"))
    token = stable_token(wechat)["access_token"]
    content = body.replace("%s", USER) if isinstance(body, str) else body
    url = f"{wechat.side.address}{SEND}?access_token={token}"
    assert httpx.post(url, content=content).json()["errcode"] == errcode
    assert wechat.said == []


def test_a_text_may_have_2048_bytes(wechat: Setting) -> None:
    wechat.side.world.arrived(pushes.text("hi"))
    wechat.api.send(USER, {"msgtype": "text", "text": {"content": "x" * 2048}})
    with pytest.raises(Final) as raised:
        wechat.api.send(USER, {"msgtype": "text", "text": {"content": "长" * 683}})
    assert raised.value.errcode == 45002


# --- Windows ----------------------------------------------------------------------------------


def test_a_message_opens_a_window_for_five_within_48_hours(wechat: Setting) -> None:
    wechat.side.world.arrived(pushes.text("hi"))
    wechat.clock.now += 2 * DAY - 1
    for _ in range(5):
        wechat.send("hi")
    assert refused(wechat) == 45047
    wechat.side.world.arrived(pushes.text("again"))
    wechat.send("hi")
    wechat.clock.now += 2 * DAY
    assert refused(wechat) == 45015
    assert len(wechat.said) == 6


@pytest.mark.parametrize(
    "push",
    [
        pushes.follow(),
        pushes.scan("1"),
        pushes.click("K"),
        pushes.event("scancode_push"),
        pushes.event("scancode_waitmsg"),
    ],
    ids=lambda push: push.fields["Event"],
)
def test_a_tap_opens_a_window_for_three_within_a_minute(wechat: Setting, push: Push) -> None:
    wechat.side.world.arrived(push)
    for _ in range(3):
        wechat.send("hi")
    assert refused(wechat) == 45047
    wechat.clock.now += 60
    assert refused(wechat) == 45015


def test_a_tap_takes_nothing_from_the_window_of_a_message(wechat: Setting) -> None:
    wechat.side.world.arrived(pushes.text("hi"))
    wechat.side.world.arrived(pushes.click("K"))
    for _ in range(8):
        wechat.send("hi")
    assert refused(wechat) == 45047


def test_windows_are_each_users_own(wechat: Setting) -> None:
    wechat.side.world.arrived(pushes.text("hi").by("oAlice"))
    wechat.side.world.arrived(pushes.view("https://example.com/").by("oBob"))
    wechat.send("hi", "oAlice")
    assert refused(wechat, openid="oBob") == 45015
    assert refused(wechat, openid="oNobody") == 40003


def test_who_has_left_gets_nothing(wechat: Setting) -> None:
    wechat.side.world.arrived(pushes.text("hi"))
    wechat.side.world.arrived(pushes.unfollow())
    assert refused(wechat) == 43004
    assert not wechat.api.user_info(USER).subscribe


def test_typing_is_seen_until_the_message_or_its_end(wechat: Setting) -> None:
    wechat.side.world.arrived(pushes.text("hi"))
    wechat.api.typing(USER)
    assert wechat.side.world.sees_typing(USER)
    wechat.send("hi")
    assert not wechat.side.world.sees_typing(USER)
    wechat.api.typing(USER)
    wechat.api.cancel_typing(USER)
    assert not wechat.side.world.sees_typing(USER)
    wechat.api.typing(USER)
    wechat.clock.now += 15
    assert not wechat.side.world.sees_typing(USER)


# --- Tokens -----------------------------------------------------------------------------------


def stable_token(wechat: Setting, **changes: object) -> dict[str, object]:
    body = {
        "grant_type": "client_credential",
        "appid": ACCOUNT.app_id,
        "secret": ACCOUNT.app_secret,
        **changes,
    }
    answer = httpx.post(f"{wechat.side.address}/cgi-bin/stable_token", json=body)
    assert answer.status_code == 200
    fields: dict[str, object] = answer.json()
    return fields


def with_token(wechat: Setting, token: object) -> int:
    url = f"{wechat.side.address}/cgi-bin/menu/delete?access_token={token}"
    return int(httpx.get(url).json()["errcode"])


def test_every_caller_gets_the_same_token_until_shortly_before_its_end(wechat: Setting) -> None:
    first = stable_token(wechat)
    assert first["expires_in"] == 7200
    wechat.clock.now += 6899
    assert stable_token(wechat) == {**first, "expires_in": 301}
    wechat.clock.now += 1
    second = stable_token(wechat)
    assert second["access_token"] != first["access_token"]
    assert [with_token(wechat, each["access_token"]) for each in (first, second)] == [0, 0]
    wechat.clock.now += 300
    assert with_token(wechat, first["access_token"]) == 42001
    assert with_token(wechat, second["access_token"]) == 0


def test_a_forced_token_ends_the_one_before(wechat: Setting) -> None:
    first = stable_token(wechat)["access_token"]
    second = stable_token(wechat, force_refresh=True)["access_token"]
    assert (with_token(wechat, first), with_token(wechat, second)) == (42001, 0)


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"appid": "wx0"}, 40013),
        ({"secret": "wrong"}, 40125),
        ({"grant_type": "password"}, 40002),
    ],
)
def test_a_token_is_for_who_knows_the_secret(
    wechat: Setting, changes: dict[str, object], errcode: int
) -> None:
    assert stable_token(wechat, **changes)["errcode"] == errcode


def test_calls_want_a_token(wechat: Setting) -> None:
    assert with_token(wechat, "") == 41001
    assert with_token(wechat, "invented") == 40001


def test_a_client_follows_a_secret_that_was_made_anew(wechat: Setting) -> None:
    parameters = parameters_of(ACCOUNT)
    api = Api(HttpTransport(wechat.side.address), AppSecrets(parameters))
    wechat.side.world.arrived(pushes.text("hi"))
    api.typing(USER)
    wechat.side.world.load = lambda: replace(ACCOUNT, app_secret="made-again")
    with pytest.raises(SecretRefused):
        api.typing(USER)
    parameters.put("app-secret", "made-again")
    fresh = Api(HttpTransport(wechat.side.address), AppSecrets(parameters))
    fresh.typing(USER)


def test_a_wrong_app_id_is_the_operators_business(wechat: Setting) -> None:
    api = client_of(wechat.side.address, replace(ACCOUNT, app_id="wx0"))
    with pytest.raises(OperatorMustAct) as raised:
        api.typing(USER)
    assert raised.value.errcode == 40013


# --- The rest ---------------------------------------------------------------------------------


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


def test_a_follower_is_known_since_his_first_push(wechat: Setting) -> None:
    wechat.side.world.arrived(pushes.text("hi"))
    info = wechat.api.user_info(USER)
    assert (info.openid, info.subscribe, info.subscribe_time) == (USER, True, 1_700_000_000)


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
    shown = httpx.get(f"{wechat.side.address}/conversation").text + repr(wechat.side.world.calls)
    assert str(token) not in shown
    assert ACCOUNT.app_secret not in shown

"""The backend reads every push of the simulator exactly as it was built, in every mode."""

import inspect
import time
from collections.abc import Mapping
from typing import Any

import pytest

from chalicelib.wechat import messages
from chalicelib.wechat.encryption import EncodingAesKey
from chalicelib.wechat.envelopes import Credentials, Mode, Opened, Query, open_push
from chalicelib.wechat.messages import Picture, ScanCodeInfo, SendLocationInfo, SendPicsInfo
from chalicelib.wechat.rare_messages import FileMessage
from simulator import pushes
from simulator.account import Account
from simulator.envelopes import seal
from simulator.events import EVENTS, PICTURE_EVENTS, PLATFORM, USER
from simulator.pushes import Push
from simulator.xml import Value

MANY: Value = {
    "List": [{"TemplateId": "t1", "PopupScene": 2}, {"TemplateId": "t2", "PopupScene": 0}]
}
BUILT: list[Push] = [
    pushes.text("你好"),
    pushes.text("来自文章").with_fields(MsgDataId="1", Idx="2", bizmsgmenuid="101"),
    pushes.image("m1", "https://example.com/1?a=1&b=2"),
    pushes.voice("m2", "speex", "天气怎么样").with_fields(MediaId16K="m16"),
    pushes.video("m3", "t3"),
    pushes.shortvideo("m4", "t4"),
    pushes.location(-23.000001, 113.5, 20, "广州 <塔>"),
    pushes.link("标题", "简介", "https://example.com/?a=1&b=2"),
    pushes.file("年报.pdf", "2024", "k", "d41d8cd9", 2048),
    pushes.follow(),
    pushes.follow("poster"),
    pushes.unfollow(),
    pushes.scan("42"),
    pushes.click("REPORT"),
    pushes.view("https://example.com/?a=1&b=2"),
    *(pushes.pictures(name) for name in PICTURE_EVENTS),
    *(pushes.pictures(name, "one") for name in PICTURE_EVENTS),
    *(pushes.pictures(name, "one", "two") for name in PICTURE_EVENTS),
    *(pushes.event(name) for name in EVENTS),
    pushes.event("subscribe_msg_popup_event", SubscribeMsgPopupEvent=MANY),
    pushes.event("an_event_of_tomorrow", Nested={"Deeper": {"Deepest": "1"}}),
]


def received(push: Push, mode: Mode = Mode.SAFE) -> Opened:
    """What the backend of a new account reads when `push` arrives."""
    return received_by(Account.new(mode), push)


def received_by(account: Account, push: Push) -> Opened:
    now = time.time()
    sealed = seal(account, push, now)
    names = ("signature", "timestamp", "nonce", "msg_signature")
    query = Query(**{name: sealed.query.get(name, "") for name in names})
    key = EncodingAesKey(account.encoding_aes_key)
    credentials = Credentials(account.app_id, [account.token], [key])
    return open_push(sealed.body.encode(), query, account.mode, lambda: credentials, now)


def as_read(value: Value) -> Any:
    """The value as the backend reads it: all texts, and nothing for an empty one."""
    match value:
        case [single]:
            return as_read(single)
        case list():
            return [as_read(each) for each in value]
        case Mapping():
            return {name: as_read(each) for name, each in value.items()} or None
        case float():
            return f"{value:.6f}"
        case _:
            return str(value) or None


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("push", BUILT, ids=lambda push: push.fields.get("Event", "message"))
def test_every_field_arrives_unchanged(push: Push, mode: Mode) -> None:
    account = Account.new(mode)
    fields = dict(received_by(account, push).push.fields)
    assert str(fields.pop("ToUserName")).startswith("gh_")
    assert fields.pop("FromUserName") == push.from_user_name
    assert fields.pop("CreateTime") == str(push.create_time)
    fields.pop("Encrypt", None)
    own = {"AppID": account.app_id} if "AppID" in push.fields else {}
    assert fields == as_read({**push.fields, **own})


@pytest.mark.parametrize(
    ("push", "kind", "values"),
    [
        (pushes.text("你好"), messages.TextMessage, {"content": "你好"}),
        (pushes.image("m"), messages.ImageMessage, {"media_id": "m"}),
        (
            pushes.voice("m", "amr", "你好"),
            messages.VoiceMessage,
            {"media_id": "m", "format": "amr", "recognition": "你好"},
        ),
        (pushes.video("m", "t"), messages.VideoMessage, {"thumb_media_id": "t"}),
        (pushes.shortvideo("m"), messages.ShortVideoMessage, {"media_id": "m"}),
        (
            pushes.location(-23.5, 113.000001, 20, "塔"),
            messages.LocationMessage,
            {"location_x": -23.5, "location_y": 113.000001, "scale": 20, "label": "塔"},
        ),
        (pushes.link("标题", "", "u"), messages.LinkMessage, {"title": "标题", "url": "u"}),
        (pushes.file("年报.pdf"), FileMessage, {"title": "年报.pdf"}),
        (pushes.follow(), messages.SubscribeEvent, {"scene": ""}),
        (pushes.follow("poster"), messages.SubscribeEvent, {"scene": "poster"}),
        (pushes.unfollow(), messages.UnsubscribeEvent, {}),
        (pushes.scan("42"), messages.ScanEvent, {"scene": "42"}),
        (pushes.event("LOCATION"), messages.LocationEvent, {"latitude": 23.137466}),
        (pushes.click("K"), messages.ClickEvent, {"event_key": "K"}),
        (pushes.view("u"), messages.ViewEvent, {"event_key": "u"}),
        (pushes.event("view_miniprogram"), messages.ViewMiniprogramEvent, {}),
        (
            pushes.event("scancode_push", ScanCodeInfo={"ScanResult": "1"}),
            messages.ScancodePushEvent,
            {"scan_code_info": ScanCodeInfo(scan_type="qrcode", scan_result="1")},
        ),
        (pushes.event("scancode_waitmsg"), messages.ScancodeWaitmsgEvent, {}),
        (
            pushes.pictures("pic_sysphoto"),
            messages.PicSysphotoEvent,
            {"send_pics_info": SendPicsInfo(count=0, pic_list=())},
        ),
        (
            pushes.pictures("pic_weixin", "one"),
            messages.PicWeixinEvent,
            {"send_pics_info": SendPicsInfo(count=1, pic_list=(Picture(pic_md5sum="one"),))},
        ),
        (pushes.pictures("pic_photo_or_album"), messages.PicPhotoOrAlbumEvent, {}),
        (
            pushes.event("location_select"),
            messages.LocationSelectEvent,
            {
                "send_location_info": SendLocationInfo(
                    location_x=23.137466,
                    location_y=113.352425,
                    scale=15,
                    label="广州市天河区体育西路",
                )
            },
        ),
        (
            pushes.event("TEMPLATESENDJOBFINISH"),
            messages.TemplateSendJobFinishEvent,
            {"msg_id": 200163836, "status": "success"},
        ),
        (
            pushes.event("MASSSENDJOBFINISH"),
            messages.MassSendJobFinishEvent,
            {"total_count": 80, "error_count": 3},
        ),
        (
            pushes.event("kf_switch_session", ToKfAccount="a@b"),
            messages.KfSwitchSessionEvent,
            {"to_kf_account": "a@b"},
        ),
        (pushes.event("kf_create_session"), messages.KfCreateSessionEvent, {}),
        (pushes.event("kf_close_session"), messages.KfCloseSessionEvent, {}),
        (
            pushes.event("user_authorization_revoke").by("oAlice"),
            messages.UserAuthorizationRevokeEvent,
            {"open_id": "oAlice", "revoke_info": "1"},
        ),
        (pushes.event("user_info_modified"), messages.UserInfoModifiedEvent, {}),
        (
            pushes.event("user_authorization_cancellation"),
            messages.UserAuthorizationCancellationEvent,
            {"open_id": USER},
        ),
        (pushes.event("user_get_card"), messages.Event, {"event": "user_get_card"}),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_it_is_read_into_the_class_of_its_kind(
    push: Push, kind: type[messages.Push], values: Mapping[str, object]
) -> None:
    read = received(push).push
    assert type(read) is kind
    assert {name: getattr(read, name) for name in values} == values


def test_every_builder_is_tested_here() -> None:
    functions = inspect.getmembers(pushes, inspect.isfunction)
    own = {name for name, function in functions if function.__module__ == pushes.__name__}
    builders = {name for name in own if not name.startswith("_")}
    tested = {str(push.fields["MsgType"]) for push in BUILT} | {
        "follow",
        "unfollow",
        "scan",
        "click",
        "view",
        "pictures",
    }
    assert builders == tested


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("a ]]> b", "a ]]> b"),
        ("]]>", "]]>"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
        ("😀 /::) \u200d", "😀 /::) \u200d"),
        (" spaces \n and lines ", " spaces \n and lines "),
        ("a\x00\x08\x1bb", "ab"),
    ],
)
def test_any_text_of_a_user_arrives(typed: str, read: str, mode: Mode) -> None:
    push = received(pushes.text(typed), mode).push
    assert isinstance(push, messages.TextMessage)
    assert push.content == read


def test_a_cdata_end_sent_raw_breaks_the_document_but_not_the_backend() -> None:
    raw = Push(pushes.text("a ]]> b").fields, splits_cdata=False)
    assert "<![CDATA[a ]]> b]]>" in raw.xml("gh_1")
    push = received(raw).push
    assert isinstance(push, messages.TextMessage)
    assert push.content == "a ]]> b"


def test_each_push_has_its_own_msg_id() -> None:
    assert pushes.text("hi").fields["MsgId"] != pushes.text("hi").fields["MsgId"]


def test_only_picture_events_take_pictures() -> None:
    with pytest.raises(ValueError, match="pic_weixin"):
        pushes.pictures("CLICK")


def test_a_privacy_event_comes_from_the_platform_and_names_its_user() -> None:
    fields = received(pushes.event("user_authorization_revoke").by("oAlice")).push.fields
    assert (fields["FromUserName"], fields["OpenID"]) == (PLATFORM, "oAlice")


def test_a_privacy_event_may_name_another_account() -> None:
    push = pushes.event("user_info_modified", AppID="wx0")
    assert received(push).push.fields["AppID"] == "wx0"

"""Every kind of push becomes the class of its kind, by WeChat's own words."""

import pytest

from chalicelib.wechat import messages
from chalicelib.wechat.envelopes import identity
from chalicelib.wechat.errors import Unreadable
from chalicelib.wechat.messages import Event, Message, Picture, Push, ReplyWindow
from chalicelib.wechat.parsing import parse, snake_case


def pushed(inner: str) -> Push:
    return parse(body(inner))


def body(inner: str) -> bytes:
    return (
        "<xml><ToUserName>gh_1</ToUserName><FromUserName>oAlice</FromUserName>"
        f"<CreateTime>1714036504</CreateTime>{inner}</xml>"
    ).encode()


def message(kind: str, inner: str) -> Push:
    return pushed(f"<MsgType>{kind}</MsgType><MsgId>23</MsgId>{inner}")


def event(name: str, inner: str = "") -> Push:
    return pushed(f"<MsgType>event</MsgType><Event>{name}</Event>{inner}")


@pytest.mark.parametrize(
    ("wechats", "ours"),
    [
        ("FromUserName", "from_user_name"),
        ("Location_X", "location_x"),
        ("MsgID", "msg_id"),
        ("HQMusicUrl", "hq_music_url"),
        ("MediaId16K", "media_id16k"),
        ("bizmsgmenuid", "bizmsgmenuid"),
    ],
)
def test_attributes_are_wechats_words_in_snake_case(wechats: str, ours: str) -> None:
    assert snake_case(wechats) == ours


def test_a_text_has_all_that_every_message_has() -> None:
    text = message("text", "<Content>你好</Content>")
    assert isinstance(text, messages.TextMessage)
    assert (text.to_user_name, text.from_user_name) == ("gh_1", "oAlice")
    assert (text.create_time, text.msg_type, text.msg_id) == (1714036504, "text", 23)
    assert text.content == "你好"


def test_a_voice_may_come_with_its_recognition() -> None:
    plain = message("voice", "<MediaId>m</MediaId><Format>amr</Format>")
    spoken = message("voice", "<MediaId>m</MediaId><Recognition>你好</Recognition>")
    assert isinstance(plain, messages.VoiceMessage)
    assert isinstance(spoken, messages.VoiceMessage)
    assert (plain.recognition, spoken.recognition) == ("", "你好")


def test_a_location_has_numbers() -> None:
    place = message(
        "location",
        "<Location_X>23.1</Location_X><Location_Y>113.3</Location_Y><Scale>20</Scale><Label/>",
    )
    assert isinstance(place, messages.LocationMessage)
    assert (place.location_x, place.location_y, place.scale, place.label) == (
        23.1,
        113.3,
        20,
        "",
    )


def test_a_subscription_knows_the_scene_of_its_qr_code() -> None:
    searched = event("subscribe", "<EventKey></EventKey>")
    scanned = event("subscribe", "<EventKey>qrscene_poster</EventKey><Ticket>T</Ticket>")
    assert isinstance(searched, messages.SubscribeEvent)
    assert isinstance(scanned, messages.SubscribeEvent)
    assert (searched.scene, scanned.scene) == ("", "poster")


def test_a_scan_result_is_a_part_of_its_event() -> None:
    scanned = event(
        "scancode_waitmsg",
        "<EventKey>k</EventKey><ScanCodeInfo><ScanType>qrcode</ScanType>"
        "<ScanResult>https://x</ScanResult></ScanCodeInfo>",
    )
    assert isinstance(scanned, messages.ScancodeWaitmsgEvent)
    assert scanned.scan_code_info == messages.ScanCodeInfo(
        scan_type="qrcode", scan_result="https://x"
    )


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ("<PicList/>", ()),
        ("", ()),
        ("<PicList>{0}a{1}</PicList>", ("a",)),
        ("<PicList>{0}a{1}{0}b{1}</PicList>", ("a", "b")),
    ],
)
def test_a_list_of_pictures_may_have_any_length(items: str, expected: tuple[str, ...]) -> None:
    pictures = items.format("<item><PicMd5Sum>", "</PicMd5Sum></item>")
    sent = event("pic_weixin", f"<SendPicsInfo><Count>1</Count>{pictures}</SendPicsInfo>")
    assert isinstance(sent, messages.PicWeixinEvent)
    assert sent.send_pics_info.pic_list == tuple(Picture(pic_md5sum=each) for each in expected)


def test_a_message_of_a_kind_without_a_class_keeps_all_its_fields() -> None:
    new = message("hologram", "<Title>t</Title><Deep><Er>1</Er><Er>2</Er></Deep>")
    assert type(new) is Message
    assert new.fields["Title"] == "t"
    assert new.fields["Deep"] == {"Er": ["1", "2"]}


def test_an_event_of_a_new_kind_keeps_all_its_fields() -> None:
    new = event("landed_on_mars", "<Crater>Gale</Crater>")
    assert type(new) is Event
    assert (new.event, new.fields["Crater"]) == ("landed_on_mars", "Gale")


@pytest.mark.parametrize(
    "inner",
    [
        "",
        "<MsgType>event</MsgType>",
        "<MsgType>text</MsgType><FromUserName>oEve</FromUserName>",
        "<MsgType>location</MsgType><Location_X>north</Location_X>",
        "<MsgType>image</MsgType>",
        "<MsgType>event</MsgType><Event><a>b</a></Event>",
    ],
)
def test_a_push_that_wechat_would_not_send_is_unreadable(inner: str) -> None:
    with pytest.raises(Unreadable):
        pushed(inner)


@pytest.mark.parametrize(
    "inner",
    [
        "<MsgType>link</MsgType>",
        "<MsgType>location</MsgType><Location_X>1</Location_X><Location_Y>2</Location_Y><Scale>1.5</Scale>",
        "<MsgType>event</MsgType><Event>pic_weixin</Event><SendPicsInfo> </SendPicsInfo>",
        "<MsgType>text</MsgType><MsgId>many</MsgId>",
    ],
)
def test_a_field_that_nobody_insists_on_may_be_missing_or_odd(inner: str) -> None:
    assert pushed(inner).from_user_name == "oAlice"


def test_what_is_not_xml_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        parse(b"hello")


def test_windows_are_open_for_messages_and_for_taps_only() -> None:
    assert message("text", "").reply_window is ReplyWindow.MESSAGE
    assert event("CLICK").reply_window is ReplyWindow.TAP
    assert event("VIEW").reply_window is None
    assert event("unsubscribe").reply_window is None


def test_a_text_that_a_tap_in_a_msgmenu_sent_has_the_window_of_a_tap() -> None:
    tapped = message("text", "<Content>满意</Content><bizmsgmenuid>101</bizmsgmenuid>")
    assert tapped.reply_window is ReplyWindow.TAP
    assert message("text", "<Content>满意</Content>").reply_window is ReplyWindow.MESSAGE


class TestIdentity:
    """A push is the same push however often it is delivered, and no other."""

    @staticmethod
    def of(inner: str) -> str:
        whole = body(inner)
        return identity(parse(whole), whole)

    def test_a_message_is_known_by_sender_and_msg_id(self) -> None:
        first = "<MsgType>text</MsgType><MsgId>1</MsgId><Content>a</Content>"
        assert self.of(first) == self.of(first.replace("a<", "b<"))
        assert self.of(first) != self.of(first.replace(">1<", ">2<"))

    def test_two_events_of_one_second_differ_by_their_body(self) -> None:
        first = "<MsgType>event</MsgType><Event>CLICK</Event><EventKey>a</EventKey>"
        assert self.of(first) == self.of(first)
        assert self.of(first) != self.of(first.replace(">a<", ">b<"))

    def test_two_users_may_have_the_same_msg_id(self) -> None:
        first = "<MsgType>text</MsgType><MsgId>1</MsgId>"
        of_alice, of_bob = body(first), body(first).replace(b"oAlice", b"oBob")
        assert identity(parse(of_alice), of_alice) != identity(parse(of_bob), of_bob)

    def test_an_event_is_not_known_by_a_msg_id(self) -> None:
        first = "<MsgType>event</MsgType><Event>CLICK</Event><MsgId>1</MsgId><EventKey>a</EventKey>"
        assert self.of(first) != self.of(first.replace(">a<", ">b<"))

    def test_it_names_nobody(self) -> None:
        assert "oAlice" not in self.of("<MsgType>text</MsgType><MsgId>1</MsgId>")

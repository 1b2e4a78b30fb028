"""What a user does in WeChat, as a push. `event` builds those that have no function here.

    text("你好").by("oAlice")
    follow(scene="poster")
    event("scancode_waitmsg", ScanCodeInfo={"ScanResult": "690123"})

The parameters are WeChat's field names in snake_case. `with_fields` takes the names as WeChat
spells them.
"""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from . import xml
from .events import EVENTS, PICTURE_EVENTS, PLATFORM, USER
from .xml import Fields, Value


@dataclass(frozen=True, slots=True)
class Push:
    """A push that is not addressed to an account yet. `fields` are those of its kind, in order.

    How WeChat sends a `]]>` that a user typed is not known. With `splits_cdata` it arrives whole,
    without it the document is not well-formed.
    """

    fields: Fields
    from_user_name: str = USER
    create_time: int = field(default_factory=lambda: int(time.time()))
    splits_cdata: bool = True

    def by(self, openid: str) -> "Push":
        """The same push by another user. In a privacy event, the field OpenID names that user."""
        if "OpenID" in self.fields:
            return self.with_fields(OpenID=openid)
        return replace(self, from_user_name=openid)

    def with_fields(self, /, **fields: Value) -> "Push":
        """The same push with fields added or changed; of a nested field, only the named parts."""
        return replace(self, fields=_merged(self.fields, fields))

    def xml(self, to_user_name: str) -> str:
        """The document that WeChat sends to the account `to_user_name`."""
        addressed: Fields = {
            "ToUserName": to_user_name,
            "FromUserName": self.from_user_name,
            "CreateTime": self.create_time,
            **self.fields,
        }
        return xml.render(addressed, xml.split_cdata if self.splits_cdata else xml.raw_cdata)


# --- Messages ---------------------------------------------------------------------------------


def text(content: str) -> Push:
    return _message("text", Content=content)


def image(media_id: str = "simulated-image", pic_url: str = "") -> Push:
    return _message("image", PicUrl=pic_url, MediaId=media_id)


def voice(
    media_id: str = "simulated-voice",
    format: str = "amr",  # noqa: A002  # WeChat's name
    recognition: str = "",
) -> Push:
    recognized = {"Recognition": recognition} if recognition else {}
    return _message("voice", MediaId=media_id, Format=format, **recognized)


def video(media_id: str = "simulated-video", thumb_media_id: str = "simulated-thumb") -> Push:
    return _message("video", MediaId=media_id, ThumbMediaId=thumb_media_id)


def shortvideo(
    media_id: str = "simulated-shortvideo", thumb_media_id: str = "simulated-thumb"
) -> Push:
    return _message("shortvideo", MediaId=media_id, ThumbMediaId=thumb_media_id)


def location(
    location_x: float = 39.908722,
    location_y: float = 116.397496,
    scale: int = 16,
    label: str = "北京市东城区天安门广场",
) -> Push:
    return _message(
        "location", Location_X=location_x, Location_Y=location_y, Scale=scale, Label=label
    )


def link(
    title: str = "公众平台官网",
    description: str = "公众平台官网链接",
    link_url: str = "https://mp.weixin.qq.com/",
) -> Push:
    return _message("link", Title=title, Description=description, Url=link_url)


def file(
    title: str = "说明.pdf",
    description: str = "",
    file_key: str = "simulated-file",
    file_md5: str = "0cc175b9c0f1b6a831c399e269772661",
    file_total_len: int = 1024,
) -> Push:
    return _message(
        "file",
        Title=title,
        Description=description,
        FileKey=file_key,
        FileMd5=file_md5,
        FileTotalLen=file_total_len,
    )


def _message(kind: str, **fields: Value) -> Push:
    return Push({"MsgType": kind, **fields, "MsgId": secrets.randbits(63)})


# --- Events -----------------------------------------------------------------------------------


def follow(scene: str = "") -> Push:
    """The user follows the account, by the QR code of a `scene` if one is given."""
    if not scene:
        return event("subscribe")
    return event("subscribe", EventKey=f"qrscene_{scene}", Ticket="simulated-ticket")


def unfollow() -> Push:
    return event("unsubscribe")


def scan(scene: str) -> Push:
    """A follower scans the QR code of a `scene`."""
    return event("SCAN", EventKey=scene)


def click(key: str) -> Push:
    """A tap on the menu button with that `key`."""
    return event("CLICK", EventKey=key)


def view(url: str) -> Push:
    """A tap on the menu button that opens `url`."""
    return event("VIEW", EventKey=url)


def pictures(name: str, *md5sums: str) -> Push:
    """A menu button for pictures: pic_sysphoto, pic_photo_or_album or pic_weixin."""
    if name not in PICTURE_EVENTS:
        raise ValueError(f"{name} is not a picture event; those are {', '.join(PICTURE_EVENTS)}")
    items: list[Value] = [{"PicMd5Sum": md5sum} for md5sum in md5sums]
    pic_list: Value = {"item": items} if items else {}
    info: Value = {"Count": len(items), "PicList": pic_list}
    return Push({**event(name).fields, "SendPicsInfo": info})


def event(name: str, **fields: Value) -> Push:
    """The event `name` as WeChat documents it, with `fields` added or changed."""
    sample = EVENTS.get(name, {})
    sender = PLATFORM if "OpenID" in sample else USER
    return Push({"MsgType": "event", "Event": name, **_merged(sample, fields)}, sender)


def _merged(fields: Fields, changes: Fields) -> Fields:
    return {**fields, **{name: _changed(fields.get(name), to) for name, to in changes.items()}}


def _changed(value: "Value | None", to: Value) -> Value:
    if isinstance(value, Mapping) and isinstance(to, Mapping):
        return _merged(value, to)
    return to

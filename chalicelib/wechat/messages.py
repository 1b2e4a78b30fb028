"""What WeChat pushes: users' messages, and events, one class for each kind.

Attributes are WeChat's own words in snake_case (`FromUserName` is `from_user_name`). `fields`
keeps everything as it came, by WeChat's names, with nested parts. `name` is the class's `MsgType`
or `Event`; more are in `rare_messages`, and a kind without a class is a plain Message or Event.
Printing one names its kind and none of its content, because that would end up in a log.

https://developers.weixin.qq.com/doc/service/guide/product/message/Receiving_standard_messages.html
https://developers.weixin.qq.com/doc/service/guide/product/message/Receiving_event_pushes.html
"""

from dataclasses import field
from typing import ClassVar

from .lazy import lazy_dataclass
from .reply_window import ReplyWindow as ReplyWindow  # noqa: PLC0414  # public here, too
from .xml import Fields


@lazy_dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Push:
    """Any push; `from_user_name` is the user's openid, `create_time` is in epoch seconds."""

    reply_window: ClassVar[ReplyWindow | None] = None
    kinds: ClassVar[dict[str, type["Push"]]]

    to_user_name: str
    from_user_name: str
    create_time: int
    msg_type: str
    fields: Fields

    def __init_subclass__(cls, name: str = "") -> None:
        if name:
            cls.kinds[name] = cls

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {getattr(self, 'event', self.msg_type)[:64]!r}>"


# --- Messages ---------------------------------------------------------------------------------


@lazy_dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Message(Push):
    """A user's message; `msg_id` is unique for that user (0: WeChat sent none)."""

    reply_window = ReplyWindow.MESSAGE
    kinds: ClassVar[dict[str, type[Push]]] = {}

    msg_id: int = 0


@lazy_dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class TextMessage(Message, name="text"):
    """Text; `bizmsgmenuid` is set when a tap in a msgmenu sent it, which WeChat counts as a tap."""

    content: str = ""
    bizmsgmenuid: str = ""

    def __post_init__(self) -> None:
        if self.bizmsgmenuid:
            object.__setattr__(self, "reply_window", ReplyWindow.TAP)


@lazy_dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ImageMessage(Message, name="image"):
    media_id: str
    pic_url: str = ""


@lazy_dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class VoiceMessage(Message, name="voice"):
    """A recording; `recognition` is its text where the account has speech recognition on."""

    media_id: str
    format: str = ""
    recognition: str = ""
    media_id16k: str = ""


@lazy_dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class VideoMessage(Message, name="video"):
    media_id: str
    thumb_media_id: str = ""


class ShortVideoMessage(VideoMessage, name="shortvideo"):
    """A video recorded in the chat; a handler for VideoMessage answers it, too."""


@lazy_dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class LocationMessage(Message, name="location"):
    """A place: `location_x` is the latitude, `location_y` the longitude, in degrees."""

    location_x: float
    location_y: float
    scale: int = 0
    label: str = ""


@lazy_dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class LinkMessage(Message, name="link"):
    url: str = ""
    title: str = ""
    description: str = ""


# --- Events -----------------------------------------------------------------------------------


@lazy_dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Event(Push):
    """Something that happened; `event` is WeChat's name for it."""

    kinds: ClassVar[dict[str, type[Push]]] = {}

    event: str


@lazy_dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class SubscribeEvent(Event, name="subscribe"):
    """A user followed the account, perhaps through a QR code with a scene."""

    reply_window = ReplyWindow.TAP

    event_key: str = ""
    ticket: str = ""

    @property
    def scene(self) -> str:
        """The scene of the QR code, or an empty string when there was none."""
        return self.event_key.removeprefix("qrscene_") if self.ticket else ""


@lazy_dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class UnsubscribeEvent(Event, name="unsubscribe"):
    event_key: str = ""


@lazy_dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ScanEvent(Event, name="SCAN"):
    """A follower scanned a QR code; `event_key` is its scene."""

    reply_window = ReplyWindow.TAP

    event_key: str = ""
    ticket: str = ""

    @property
    def scene(self) -> str:
        return self.event_key


@lazy_dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class LocationEvent(Event, name="LOCATION"):
    """The phone reported its place in degrees; `precision` is in metres."""

    latitude: float
    longitude: float
    precision: float = 0.0


@lazy_dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class MenuEvent(Event):
    """A tap on a menu button; `event_key` is its key, or the link of a `view` button."""

    event_key: str = ""
    menu_id: str = ""


class ClickEvent(MenuEvent, name="CLICK"):
    reply_window = ReplyWindow.TAP


class ViewEvent(MenuEvent, name="VIEW"): ...


class ViewMiniprogramEvent(MenuEvent, name="view_miniprogram"): ...


@lazy_dataclass(frozen=True, kw_only=True, repr=False)
class ScanCodeInfo:
    scan_type: str = ""
    scan_result: str = ""


@lazy_dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ScancodeEvent(MenuEvent):
    """A code scanned with a menu button; the kind decides what the phone does next."""

    reply_window = ReplyWindow.TAP

    scan_code_info: ScanCodeInfo = field(default_factory=ScanCodeInfo)


class ScancodePushEvent(ScancodeEvent, name="scancode_push"):
    """The phone opened what it scanned."""


class ScancodeWaitmsgEvent(ScancodeEvent, name="scancode_waitmsg"):
    """The phone waits for the account to answer."""


@lazy_dataclass(frozen=True, kw_only=True, repr=False)
class Picture:
    pic_md5sum: str = ""


@lazy_dataclass(frozen=True, kw_only=True, repr=False)
class SendPicsInfo:
    count: int = 0
    pic_list: tuple[Picture, ...] = ()


@lazy_dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class PicturesEvent(MenuEvent):
    """Pictures chosen with a menu button; each follows as a message of its own."""

    send_pics_info: SendPicsInfo = field(default_factory=SendPicsInfo)


class PicSysphotoEvent(PicturesEvent, name="pic_sysphoto"): ...


class PicPhotoOrAlbumEvent(PicturesEvent, name="pic_photo_or_album"): ...


class PicWeixinEvent(PicturesEvent, name="pic_weixin"): ...


@lazy_dataclass(frozen=True, kw_only=True, repr=False)
class SendLocationInfo:
    location_x: float = 0.0
    location_y: float = 0.0
    scale: int = 0
    label: str = ""
    poiname: str = ""


@lazy_dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class LocationSelectEvent(MenuEvent, name="location_select"):
    send_location_info: SendLocationInfo = field(default_factory=SendLocationInfo)


@lazy_dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class TemplateSendJobFinishEvent(Event, name="TEMPLATESENDJOBFINISH"):
    """A template message arrived or failed; `msg_id` is that message's, not the push's."""

    msg_id: int
    status: str = ""


@lazy_dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class MassSendJobFinishEvent(Event, name="MASSSENDJOBFINISH"):
    """A mass message was sent; the counts are numbers of users."""

    msg_id: int
    status: str = ""
    total_count: int = 0
    filter_count: int = 0
    sent_count: int = 0
    error_count: int = 0


@lazy_dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class KfCreateSessionEvent(Event, name="kf_create_session"):
    kf_account: str = ""


@lazy_dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class KfCloseSessionEvent(Event, name="kf_close_session"):
    kf_account: str = ""


@lazy_dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class KfSwitchSessionEvent(Event, name="kf_switch_session"):
    from_kf_account: str = ""
    to_kf_account: str = ""


@lazy_dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class PrivacyEvent(Event):
    """The user `open_id` (not the sender) changed or withdrew their data."""

    open_id: str = ""
    app_id: str = ""
    revoke_info: str = ""


class UserInfoModifiedEvent(PrivacyEvent, name="user_info_modified"): ...


class UserAuthorizationRevokeEvent(PrivacyEvent, name="user_authorization_revoke"): ...


class UserAuthorizationCancellationEvent(PrivacyEvent, name="user_authorization_cancellation"): ...

"""What WeChat pushes: every kind of message and event, with the fields that it sends.

https://developers.weixin.qq.com/doc/service/guide/product/message/Receiving_standard_messages.html
https://developers.weixin.qq.com/doc/service/guide/product/message/Receiving_event_pushes.html
"""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from .documents import Document, Value

_MEDIA = "bmF0dXJhbGx5LW5vLW1lZGlhLW9mLXdlY2hhdA"


@dataclass(frozen=True, slots=True)
class Push:
    """What a user did, at `created` (epoch seconds); the same for each delivery."""

    user: str
    fields: Document
    created: int = field(default_factory=lambda: int(time.time()))

    def document(self, original_id: str) -> Document:
        """All of it, in WeChat's order."""
        own: Document = {
            "ToUserName": original_id,
            "FromUserName": self.user,
            "CreateTime": self.created,
        }
        return {**own, **self.fields}


def openid() -> str:
    """A user nobody has heard of."""
    return f"oConf{secrets.token_urlsafe(17)}"[:28]


def msg_id() -> int:
    """One that no other message has."""
    return secrets.randbelow(10**18) + 10**18


def message(kind: str, **fields: Value) -> Document:
    """A message of a kind, with a MsgId of its own."""
    return {"MsgType": kind, **fields, "MsgId": msg_id()}


def text(content: str) -> Document:
    """What a user types."""
    return message("text", Content=content)


def event(name: str, **fields: Value) -> Document:
    """An event, which has no MsgId."""
    return {"MsgType": "event", "Event": name, **fields}


MESSAGES: Mapping[str, Document] = {
    "image": {"PicUrl": "http://mmbiz.qpic.cn/x/0", "MediaId": _MEDIA},
    "voice": {"MediaId": _MEDIA, "Format": "amr", "MediaId16K": _MEDIA},
    "voice with words": {"MediaId": _MEDIA, "Format": "amr", "Recognition": "今天天气怎么样"},
    "video": {"MediaId": _MEDIA, "ThumbMediaId": _MEDIA},
    "shortvideo": {"MediaId": _MEDIA, "ThumbMediaId": _MEDIA},
    "location": {
        "Location_X": "23.134521",
        "Location_Y": "113.358803",
        "Scale": 20,
        "Label": "广州市海珠区",
    },
    "link": {"Title": "公众平台", "Description": "官网", "Url": "https://mp.weixin.qq.com/"},
    "file": {
        "Title": "合同.pdf",
        "Description": "",
        "FileKey": "k",
        "FileMd5": "0" * 32,
        "FileTotalLen": 1024,
    },
    "text from an article": {"Content": "在吗", "MsgDataId": "2247483653", "Idx": 1},
    "tap in a message menu": {"Content": "满意", "bizmsgmenuid": "101"},
    "a kind that is new": {"Anything": "新的", "Deeper": {"Still": "更新"}},
}
"""Fields of messages beside MsgType and MsgId, by a name for people."""

_SCAN: Document = {"ScanType": "qrcode", "ScanResult": "https://example.com/?a=1&b=2"}
_PICTURE: Document = {"PicMd5Sum": "5a75aaca956d97be686719218f275c6b"}
_PLACE: Document = {
    "Location_X": "23",
    "Location_Y": "113",
    "Scale": "15",
    "Label": "广州",
    "Poiname": "",
}
_SENT: Document = {"TotalCount": 80, "FilterCount": 75, "SentCount": 75, "ErrorCount": 5}
_ARTICLES: Document = {"ResultList": [], "CheckState": 2}
_PUBLISHED: Document = {
    "publish_id": "2247503051",
    "publish_status": 0,
    "article_id": "b5O2OUs25HBxRceL",
}
_TEMPLATE: Document = {
    "TemplateId": "VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3",
    "SubscribeStatusString": "accept",
}
_CARD: Document = {"CardId": "pFS7Fjg8kV1IdDz01r4SQwMkuCKc", "UserCardCode": "12312312"}

EVENTS: Mapping[str, tuple[str, Document]] = {
    "subscribe": ("subscribe", {"EventKey": ""}),
    "subscribe by QR code": ("subscribe", {"EventKey": "qrscene_123", "Ticket": "TICKET"}),
    "unsubscribe": ("unsubscribe", {"EventKey": ""}),
    "SCAN": ("SCAN", {"EventKey": "poster", "Ticket": "TICKET"}),
    "LOCATION": (
        "LOCATION",
        {"Latitude": "23.137466", "Longitude": "113.352425", "Precision": "119.385040"},
    ),
    "CLICK": ("CLICK", {"EventKey": "NOBODY_KNOWS_THIS_KEY"}),
    "VIEW": ("VIEW", {"EventKey": "https://example.com/?a=1&b=2", "MenuId": "419119257"}),
    "view_miniprogram": ("view_miniprogram", {"EventKey": "pages/index", "MenuId": "419119257"}),
    "scancode_push": ("scancode_push", {"EventKey": "6", "ScanCodeInfo": _SCAN}),
    "scancode_waitmsg": ("scancode_waitmsg", {"EventKey": "6", "ScanCodeInfo": _SCAN}),
    "pic_sysphoto with one picture": (
        "pic_sysphoto",
        {"EventKey": "6", "SendPicsInfo": {"Count": 1, "PicList": [_PICTURE]}},
    ),
    "pic_photo_or_album with two": (
        "pic_photo_or_album",
        {"EventKey": "6", "SendPicsInfo": {"Count": 2, "PicList": [_PICTURE, _PICTURE]}},
    ),
    "pic_weixin with none": (
        "pic_weixin",
        {"EventKey": "6", "SendPicsInfo": {"Count": 0, "PicList": ""}},
    ),
    "location_select": ("location_select", {"EventKey": "6", "SendLocationInfo": _PLACE}),
    "TEMPLATESENDJOBFINISH": ("TEMPLATESENDJOBFINISH", {"MsgID": msg_id(), "Status": "success"}),
    "MASSSENDJOBFINISH": (
        "MASSSENDJOBFINISH",
        {"MsgID": msg_id(), "Status": "send success", **_SENT, "CopyrightCheckResult": _ARTICLES},
    ),
    "PUBLISHJOBFINISH": ("PUBLISHJOBFINISH", {"PublishEventInfo": _PUBLISHED}),
    "subscribe_msg_popup_event": (
        "subscribe_msg_popup_event",
        {"SubscribeMsgPopupEvent": {"List": {**_TEMPLATE, "PopupScene": 1}}},
    ),
    "kf_create_session": ("kf_create_session", {"KfAccount": "agent1@test"}),
    "kf_switch_session": (
        "kf_switch_session",
        {"FromKfAccount": "agent1@test", "ToKfAccount": "agent2@test"},
    ),
    "user_info_modified": ("user_info_modified", {"OpenID": "", "AppID": "", "RevokeInfo": "1"}),
    "user_get_card": ("user_get_card", {**_CARD, "IsGiveByFriend": 0, "OuterId": 0}),
    "annual_renew": ("annual_renew", {"ExpiredTime": 1442401156}),
    "an event that is new": ("a_new_event", {"Anything": "新的", "List": [_PICTURE, _PICTURE]}),
}
"""Name of the event and its fields, by a name for people."""

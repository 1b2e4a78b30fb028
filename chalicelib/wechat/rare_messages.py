"""What WeChat pushes rarely: files, results of the account's own calls, its verification.

This is loaded when one of them comes, or when a handler asks for one, so that no other push pays
for it. `messages` says how the attributes are named.

https://developers.weixin.qq.com/doc/service/guide/product/subscription_messages/push.html
https://developers.weixin.qq.com/doc/service/guide/product/Accreditation.html
https://developers.weixin.qq.com/doc/service/api/public/api_freepublish_submit
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from .messages import Event, Message, Push


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class FileMessage(Message):
    """A file; WeChat gives its name and size, and no call to fetch it."""

    title: str = ""
    description: str = ""
    file_key: str = ""
    file_md5: str = ""
    file_total_len: int = 0


# --- Subscribe messages -----------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class SubscribeMsgChoice:
    """`subscribe_status_string` is `accept` or `reject`; `popup_scene` is 1 on a page, 2 in a chat.

    A change has no scene.
    """

    template_id: str = ""
    subscribe_status_string: str = ""
    popup_scene: int = 0


@dataclass(frozen=True, kw_only=True)
class SubscribeMsgChoices:
    list: tuple[SubscribeMsgChoice, ...] = ()


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class SubscribeMsgPopupEvent(Event):
    """The user was asked whether they want messages of these templates."""

    subscribe_msg_popup_event: SubscribeMsgChoices = field(default_factory=SubscribeMsgChoices)


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class SubscribeMsgChangeEvent(Event):
    """The user changed their mind in WeChat's settings; it tells refusals alone."""

    subscribe_msg_change_event: SubscribeMsgChoices = field(default_factory=SubscribeMsgChoices)


@dataclass(frozen=True, kw_only=True)
class SubscribeMsgResult:
    """`error_code` is 0 when the message has arrived; `error_status` says it in words."""

    template_id: str = ""
    msg_id: str = ""
    error_code: int = 0
    error_status: str = ""


@dataclass(frozen=True, kw_only=True)
class SubscribeMsgResults:
    list: tuple[SubscribeMsgResult, ...] = ()


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class SubscribeMsgSentEvent(Event):
    """A subscribe message has arrived or failed."""

    subscribe_msg_sent_event: SubscribeMsgResults = field(default_factory=SubscribeMsgResults)


# --- Articles ---------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class PublishedArticle:
    idx: int = 0
    article_url: str = ""


@dataclass(frozen=True, kw_only=True)
class ArticleDetail:
    count: int = 0
    item: tuple[PublishedArticle, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PublishEventInfo:
    """`publish_status` is 0 when it is done; otherwise `fail_idx` may say which articles are not.

    1 is under way, 2 refused as not original, 3 failed, 4 refused by the platform, 5 deleted by
    the account afterwards, 6 blocked afterwards.
    """

    publish_id: str = ""
    publish_status: int = 0
    article_id: str = ""
    article_detail: ArticleDetail = field(default_factory=ArticleDetail)
    fail_idx: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class PublishJobFinishEvent(Event):
    """Publishing a draft has ended."""

    publish_event_info: PublishEventInfo = field(default_factory=PublishEventInfo)


class FreePublishJobFinishEvent(PublishJobFinishEvent):
    """The same under another name; a handler for PublishJobFinishEvent answers it, too."""


# --- The account's verification (微信认证) ------------------------------------------------------


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class VerifyEvent(Event):
    """Times are in epoch seconds: `expired_time` is when the verification ends, or has ended."""

    expired_time: int = 0
    fail_time: int = 0
    fail_reason: str = ""


class QualificationVerifySuccessEvent(VerifyEvent):
    """The documents are accepted: the account may make the calls of verified ones."""


class QualificationVerifyFailEvent(VerifyEvent): ...


class NamingVerifySuccessEvent(VerifyEvent): ...


class NamingVerifyFailEvent(VerifyEvent): ...


class AnnualRenewEvent(VerifyEvent):
    """It is time for the verification of the year."""


class VerifyExpiredEvent(VerifyEvent):
    """The verification has ended, and with it the calls of verified accounts."""


MESSAGES: Final[Mapping[str, type[Push]]] = {"file": FileMessage}
EVENTS: Final[Mapping[str, type[Push]]] = {
    "subscribe_msg_popup_event": SubscribeMsgPopupEvent,
    "subscribe_msg_change_event": SubscribeMsgChangeEvent,
    "subscribe_msg_sent_event": SubscribeMsgSentEvent,
    "PUBLISHJOBFINISH": PublishJobFinishEvent,
    "FREEPUBLISHJOBFINISH": FreePublishJobFinishEvent,
    "qualification_verify_success": QualificationVerifySuccessEvent,
    "qualification_verify_fail": QualificationVerifyFailEvent,
    "naming_verify_success": NamingVerifySuccessEvent,
    "naming_verify_fail": NamingVerifyFailEvent,
    "annual_renew": AnnualRenewEvent,
    "verify_expired": VerifyExpiredEvent,
}

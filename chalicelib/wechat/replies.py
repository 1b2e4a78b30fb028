"""The replies of an account.

In time, a reply answers its push as XML (`passive.py`). A late answer travels as customer service
messages (`customer_service.py`). Every kind except TransferCustomerService can do so, and some
kinds travel in no other way.
"""

from dataclasses import field, replace
from typing import ClassVar, TypeAlias, TypeVar

from .lazy import lazy_dataclass

TEXT_BYTES = 2048
"""UTF-8 bytes that one text may hold."""
ARTICLES = 8
"""Articles that one News may hold; a reply to a message shows only the first."""
AI_LABEL = "内容由第三方AI生成"
"""What WeChat shows under a customer service message that is labelled."""
LABEL_BYTES = 256
"""UTF-8 bytes that a label of one's own may hold."""

Label: TypeAlias = bool | str
"""Whether a message is labelled as made by AI; a string is the line that passive texts end with."""


@lazy_dataclass(frozen=True)
class _Labelled:
    """A kind that can be labelled as made by AI."""

    ai: Label = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        if self.ai:
            checked_label(self.ai)


@lazy_dataclass(frozen=True)
class Text(_Labelled):
    msgtype: ClassVar = "text"
    content: str


@lazy_dataclass(frozen=True)
class Image(_Labelled):
    msgtype: ClassVar = "image"
    media_id: str


@lazy_dataclass(frozen=True)
class Voice(_Labelled):
    msgtype: ClassVar = "voice"
    media_id: str


@lazy_dataclass(frozen=True)
class Video(_Labelled):
    """A video; `thumb_media_id` is its cover, which only a customer service message shows."""

    msgtype: ClassVar = "video"

    media_id: str
    title: str = ""
    description: str = ""
    thumb_media_id: str = ""


@lazy_dataclass(frozen=True)
class Music(_Labelled):
    """A song; `thumb_media_id` is its cover, the only part that WeChat requires."""

    msgtype: ClassVar = "music"

    thumb_media_id: str
    title: str = ""
    description: str = ""
    music_url: str = ""
    hq_music_url: str = ""


@lazy_dataclass(frozen=True)
class Article:
    title: str
    description: str = ""
    pic_url: str = ""
    url: str = ""


@lazy_dataclass(frozen=True)
class News(_Labelled):
    """One to eight cards; in a reply to a message (not to an event) WeChat shows only one."""

    msgtype: ClassVar = "news"

    articles: tuple[Article, ...]

    def __init__(self, *articles: Article, ai: Label = False) -> None:
        if not 1 <= len(articles) <= ARTICLES:
            raise ValueError(f"News takes 1 to {ARTICLES} articles, not {len(articles)}")
        object.__setattr__(self, "articles", articles)
        object.__setattr__(self, "ai", ai)
        checked_label(ai)


@lazy_dataclass(frozen=True)
class TransferCustomerService:
    """Transfers the conversation to customer service, to `kf_account` if it is given."""

    msgtype: ClassVar = "transfer_customer_service"

    kf_account: str = ""


# --- Customer service messages only -----------------------------------------------------------


@lazy_dataclass(frozen=True)
class MpNews(_Labelled):
    """An article that was published with WeChat's editor."""

    msgtype: ClassVar = "mpnews"

    media_id: str


@lazy_dataclass(frozen=True)
class MpNewsArticle(_Labelled):
    """An article that was published with the API for drafts."""

    msgtype: ClassVar = "mpnewsarticle"

    article_id: str


@lazy_dataclass(frozen=True)
class MsgMenuItem:
    """A line to tap; the tap comes back as a TextMessage with `id` as `bizmsgmenuid`."""

    id: str
    content: str


@lazy_dataclass(frozen=True)
class MsgMenu(_Labelled):
    """A question with answers to tap."""

    msgtype: ClassVar = "msgmenu"

    head_content: str
    items: tuple[MsgMenuItem, ...]
    tail_content: str = ""


@lazy_dataclass(frozen=True)
class WxCard(_Labelled):
    msgtype: ClassVar = "wxcard"
    card_id: str


@lazy_dataclass(frozen=True)
class MiniProgramPage(_Labelled):
    """A page of a mini program that is linked to the account."""

    msgtype: ClassVar = "miniprogrampage"

    title: str
    appid: str
    pagepath: str
    thumb_media_id: str


CustomerServiceMessage: TypeAlias = (
    Text
    | Image
    | Voice
    | Video
    | Music
    | News
    | MpNews
    | MpNewsArticle
    | MsgMenu
    | WxCard
    | MiniProgramPage
)


@lazy_dataclass(frozen=True)
class By:
    """A message under the name of the customer service account `kf_account`."""

    kf_account: str
    message: CustomerServiceMessage


PassiveReply: TypeAlias = Text | Image | Voice | Video | Music | News | TransferCustomerService
Reply: TypeAlias = PassiveReply | CustomerServiceMessage | By
M = TypeVar("M", bound=CustomerServiceMessage)


# --- The label for AI -------------------------------------------------------------------------


def labelled(reply: Reply, label: Label) -> Reply:
    """`reply` with the label, unless it can have none or has one of its own."""
    match reply:
        case TransferCustomerService():
            return reply
        case By(kf_account, message):
            return By(kf_account, with_label(message, label))
        case _:
            return with_label(reply, label)


def with_label(message: M, label: Label) -> M:
    """`message` with the label, unless it has one of its own."""
    ai = message.ai or label
    if isinstance(message, News):
        return News(*message.articles, ai=ai)  # type: ignore[return-value]
    return replace(message, ai=ai)


def checked_label(label: Label) -> Label:
    """The label. Raises ValueError when it is too long."""
    if isinstance(label, str) and len(label.encode("utf-8", "replace")) > LABEL_BYTES:
        raise ValueError(f"a label takes at most {LABEL_BYTES} bytes")
    return label


def label_line(ai: Label) -> str:
    """The label as a line of its own; empty without one."""
    if isinstance(ai, str):
        return ai
    return AI_LABEL if ai else ""

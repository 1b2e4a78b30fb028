"""The replies of an account, and the XML of passive replies.

A late answer travels as customer service messages. Every kind except TransferCustomerService can
do so, and some kinds travel in no other way.

https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Passive_user_reply_message.html
"""

from dataclasses import dataclass
from typing import ClassVar, TypeAlias, TypeGuard

from .messages import Message, Push
from .xml import cdata

TEXT_BYTES = 2048
"""UTF-8 bytes that one text may hold."""
ARTICLES = 8
"""Articles that one News may hold; a reply to a message shows only the first."""


@dataclass(frozen=True, slots=True)
class Text:
    msgtype: ClassVar = "text"
    content: str


@dataclass(frozen=True, slots=True)
class Image:
    msgtype: ClassVar = "image"
    media_id: str


@dataclass(frozen=True, slots=True)
class Voice:
    msgtype: ClassVar = "voice"
    media_id: str


@dataclass(frozen=True, slots=True)
class Video:
    """A video; `thumb_media_id` is its cover, which only a customer service message shows."""

    msgtype: ClassVar = "video"

    media_id: str
    title: str = ""
    description: str = ""
    thumb_media_id: str = ""


@dataclass(frozen=True, slots=True)
class Music:
    """A song; `thumb_media_id` is its cover, the only part that WeChat requires."""

    msgtype: ClassVar = "music"

    thumb_media_id: str
    title: str = ""
    description: str = ""
    music_url: str = ""
    hq_music_url: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    title: str
    description: str = ""
    pic_url: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class News:
    """One to eight cards; in a reply to a message (not to an event) WeChat shows only one."""

    msgtype: ClassVar = "news"

    articles: tuple[Article, ...]

    def __init__(self, *articles: Article) -> None:
        if not 1 <= len(articles) <= ARTICLES:
            raise ValueError(f"News takes 1 to {ARTICLES} articles, not {len(articles)}")
        object.__setattr__(self, "articles", articles)


@dataclass(frozen=True, slots=True)
class TransferCustomerService:
    """Transfers the conversation to customer service, to `kf_account` if it is given."""

    msgtype: ClassVar = "transfer_customer_service"

    kf_account: str = ""


# --- Customer service messages only -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MpNews:
    """An article that was published with WeChat's editor."""

    msgtype: ClassVar = "mpnews"

    media_id: str


@dataclass(frozen=True, slots=True)
class MpNewsArticle:
    """An article that was published with the API for drafts."""

    msgtype: ClassVar = "mpnewsarticle"

    article_id: str


@dataclass(frozen=True, slots=True)
class MsgMenuItem:
    """A line to tap; the tap comes back as a TextMessage with `id` as `bizmsgmenuid`."""

    id: str
    content: str


@dataclass(frozen=True, slots=True)
class MsgMenu:
    """A question with answers to tap."""

    msgtype: ClassVar = "msgmenu"

    head_content: str
    items: tuple[MsgMenuItem, ...]
    tail_content: str = ""


@dataclass(frozen=True, slots=True)
class WxCard:
    msgtype: ClassVar = "wxcard"
    card_id: str


@dataclass(frozen=True, slots=True)
class MiniProgramPage:
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


@dataclass(frozen=True, slots=True)
class By:
    """A message under the name of the customer service account `kf_account`."""

    kf_account: str
    message: CustomerServiceMessage


PassiveReply: TypeAlias = Text | Image | Voice | Video | Music | News | TransferCustomerService
Reply: TypeAlias = PassiveReply | CustomerServiceMessage | By


# --- Passive replies --------------------------------------------------------------------------


def fits_passive(reply: Reply) -> TypeGuard[PassiveReply]:
    """Whether `reply` can be a passive reply; a text may be too long."""
    if isinstance(reply, Text):
        return len(reply.content.encode("utf-8", "replace")) <= TEXT_BYTES
    return isinstance(reply, PassiveReply)


def passive_xml(reply: PassiveReply, push: Push, create_time: int) -> str:
    """`reply` as the XML that answers `push`; `create_time` in epoch seconds."""
    return (
        f"<xml><ToUserName>{cdata(push.from_user_name)}</ToUserName>"
        f"<FromUserName>{cdata(push.to_user_name)}</FromUserName>"
        f"<CreateTime>{create_time}</CreateTime><MsgType>{reply.msgtype}</MsgType>"
        f"{_content(reply, push)}</xml>"
    )


def _content(reply: PassiveReply, push: Push) -> str:
    match reply:
        case Text(content):
            return _element("Content", content)
        case Image(media_id):
            return f"<Image>{_element('MediaId', media_id)}</Image>"
        case Voice(media_id):
            return f"<Voice>{_element('MediaId', media_id)}</Voice>"
        case Video():
            return _video(reply)
        case Music():
            return _music(reply)
        case News(articles):
            return _news(articles[:1] if isinstance(push, Message) else articles)
        case TransferCustomerService(""):
            return ""
        case TransferCustomerService(kf_account):
            return f"<TransInfo>{_element('KfAccount', kf_account)}</TransInfo>"


def _video(video: Video) -> str:
    return (
        f"<Video>{_element('MediaId', video.media_id)}{_element('Title', video.title)}"
        f"{_element('Description', video.description)}</Video>"
    )


def _music(music: Music) -> str:
    return (
        f"<Music>{_element('Title', music.title)}{_element('Description', music.description)}"
        f"{_element('MusicUrl', music.music_url)}{_element('HQMusicUrl', music.hq_music_url)}"
        f"{_element('ThumbMediaId', music.thumb_media_id)}</Music>"
    )


def _news(articles: tuple[Article, ...]) -> str:
    items = "".join(
        f"<item>{_element('Title', article.title)}{_element('Description', article.description)}"
        f"{_element('PicUrl', article.pic_url)}{_element('Url', article.url)}</item>"
        for article in articles
    )
    return f"<ArticleCount>{len(articles)}</ArticleCount><Articles>{items}</Articles>"


def _element(name: str, text: str) -> str:
    return f"<{name}>{cdata(text)}</{name}>"

"""Turns a reply into the XML that answers a push.

https://developers.weixin.qq.com/doc/service/guide/product/message/Passive_user_reply_message.html
"""

from typing import TypeGuard

from .messages import Message, Push
from .replies import (
    TEXT_BYTES,
    Article,
    Image,
    Music,
    News,
    PassiveReply,
    Reply,
    Text,
    TransferCustomerService,
    Video,
    Voice,
    label_line,
)
from .xml import cdata


def fits_passive(reply: Reply) -> TypeGuard[PassiveReply]:
    """Whether `reply` can be a passive reply; a text may be too long."""
    if isinstance(reply, Text):
        return bytes_in_text(reply) <= TEXT_BYTES
    return isinstance(reply, PassiveReply)


def bytes_in_text(text: Text) -> int:
    """The UTF-8 bytes of `text` as a passive reply, its label included."""
    return len(_labelled_content(text).encode("utf-8", "replace"))


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
        case Text():
            return _element("Content", _labelled_content(reply))
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


def _labelled_content(text: Text) -> str:
    """What the user reads: a passive reply has no field for the label, so it is the last line."""
    return f"{text.content}\n\n{label_line(text.ai)}" if text.ai else text.content


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

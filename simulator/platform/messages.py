"""Reads customer service messages strictly, as the reply that the user sees.

https://developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage.html
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from chalicelib.wechat.replies import (
    TEXT_BYTES,
    Article,
    By,
    CustomerServiceMessage,
    Image,
    MiniProgramPage,
    MpNews,
    MpNewsArticle,
    MsgMenu,
    MsgMenuItem,
    Music,
    News,
    Text,
    Video,
    Voice,
    WxCard,
    with_label,
)

from .refusals import Refused

Fields: TypeAlias = Mapping[str, Any]


def read(fields: Fields) -> CustomerServiceMessage | By:
    """The message in a request's `fields`. Raises Refused."""
    reader = _READERS.get(str(fields.get("msgtype")))
    if reader is None:
        raise Refused(40008)
    message = with_label(reader(inside(fields, str(fields["msgtype"]))), _is_made_by_ai(fields))
    if "customservice" not in fields:
        return message
    return By(required(inside(fields, "customservice"), "kf_account"), message)


def _is_made_by_ai(fields: Fields) -> bool:
    """Whether WeChat shows 内容由第三方AI生成 under the message. Raises Refused."""
    if "aimsgcontext" not in fields:
        return False
    made_by_ai = inside(fields, "aimsgcontext").get("is_ai_msg", 0)
    if type(made_by_ai) is not int or made_by_ai not in (0, 1):
        raise Refused(47001)
    return made_by_ai == 1


def required(fields: Fields, name: str, errcode: int = 47003) -> str:
    """A text that is required and must not be empty. Raises Refused."""
    value = fields.get(name)
    if not isinstance(value, str) or not value:
        raise Refused(errcode)
    return value


def inside(fields: Fields, name: str) -> Fields:
    """An object that is required. Raises Refused."""
    found = fields.get(name)
    if not isinstance(found, dict):
        raise Refused(47001)
    return found


def _text(fields: Fields) -> Text:
    content = required(fields, "content", 44004)
    if len(content.encode("utf-8", "replace")) > TEXT_BYTES:
        raise Refused(45002)
    return Text(content)


def _image(fields: Fields) -> Image:
    return Image(_media_id(fields))


def _voice(fields: Fields) -> Voice:
    return Voice(_media_id(fields))


def _video(fields: Fields) -> Video:
    return Video(
        _media_id(fields),
        fields.get("title", ""),
        fields.get("description", ""),
        fields.get("thumb_media_id", ""),
    )


def _music(fields: Fields) -> Music:
    return Music(
        _media_id(fields, "thumb_media_id"),
        fields.get("title", ""),
        fields.get("description", ""),
        fields.get("musicurl", ""),
        fields.get("hqmusicurl", ""),
    )


def _news(fields: Fields) -> News:
    articles = fields.get("articles")
    if not isinstance(articles, list) or len(articles) != 1:
        raise Refused(45008)
    (article,) = articles
    return News(
        Article(
            required(article, "title"),
            article.get("description", ""),
            article.get("picurl", ""),
            article.get("url", ""),
        )
    )


def _mpnews(fields: Fields) -> MpNews:
    return MpNews(_media_id(fields))


def _mpnewsarticle(fields: Fields) -> MpNewsArticle:
    return MpNewsArticle(required(fields, "article_id"))


def _msgmenu(fields: Fields) -> MsgMenu:
    items = fields.get("list")
    if not isinstance(items, list) or not items:
        raise Refused(47003)
    return MsgMenu(
        fields.get("head_content", ""),
        tuple(MsgMenuItem(required(each, "id"), required(each, "content")) for each in items),
        fields.get("tail_content", ""),
    )


def _wxcard(fields: Fields) -> WxCard:
    return WxCard(required(fields, "card_id"))


def _miniprogrampage(fields: Fields) -> MiniProgramPage:
    return MiniProgramPage(
        fields.get("title", ""),
        required(fields, "appid"),
        required(fields, "pagepath"),
        _media_id(fields, "thumb_media_id"),
    )


def _media_id(fields: Fields, name: str = "media_id") -> str:
    return required(fields, name, 40007)


_READERS: Mapping[str, Callable[[Fields], CustomerServiceMessage]] = {
    "text": _text,
    "image": _image,
    "voice": _voice,
    "video": _video,
    "music": _music,
    "news": _news,
    "mpnews": _mpnews,
    "mpnewsarticle": _mpnewsarticle,
    "msgmenu": _msgmenu,
    "wxcard": _wxcard,
    "miniprogrampage": _miniprogrampage,
}

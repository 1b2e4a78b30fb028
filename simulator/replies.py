"""Reads passive replies strictly: a reply that WeChat might not accept is a bad reply.

https://developers.weixin.qq.com/doc/service/guide/product/message/Passive_user_reply_message.html
"""

from collections.abc import Callable, Mapping
from xml.etree.ElementTree import Element

from chalicelib.wechat.replies import (
    ARTICLES,
    TEXT_BYTES,
    Article,
    Image,
    Music,
    News,
    Reply,
    Text,
    TransferCustomerService,
    Video,
    Voice,
)

from .account import Account
from .envelopes import parse
from .outcome import BadReply, Failure
from .pushes import Push

_ONE_ARTICLE = ("text", "image", "voice", "video", "location", "link")
"""After these messages WeChat shows only the first article of an answer."""


def read(document: bytes, account: Account, push: Push) -> Reply:
    """The reply in `document`, as the user of `push` sees it. Raises BadReply."""
    root = parse(document)
    addresses = (root.findtext("ToUserName"), root.findtext("FromUserName"))
    if addresses != (push.from_user_name, account.original_id):
        raise BadReply(Failure.NOT_ADDRESSED)
    if not root.findtext("CreateTime", "").isdecimal():
        raise BadReply(Failure.BAD_CREATE_TIME)
    reader = _READERS.get(root.findtext("MsgType", ""))
    if reader is None:
        raise BadReply(Failure.UNKNOWN_KIND)
    return _shown(reader(root), push)


def _shown(reply: Reply, push: Push) -> Reply:
    if isinstance(reply, News) and push.fields["MsgType"] in _ONE_ARTICLE:
        return News(reply.articles[0])
    return reply


def _text(root: Element) -> Text:
    content = _required(root, "Content")
    if len(content.encode()) > TEXT_BYTES:
        raise BadReply(Failure.TOO_LONG)
    return Text(content)


def _image(root: Element) -> Image:
    return Image(_required(root, "Image/MediaId"))


def _voice(root: Element) -> Voice:
    return Voice(_required(root, "Voice/MediaId"))


def _video(root: Element) -> Video:
    return Video(
        _required(root, "Video/MediaId"),
        root.findtext("Video/Title", ""),
        root.findtext("Video/Description", ""),
    )


def _music(root: Element) -> Music:
    return Music(
        _required(root, "Music/ThumbMediaId"),
        root.findtext("Music/Title", ""),
        root.findtext("Music/Description", ""),
        root.findtext("Music/MusicUrl", ""),
        root.findtext("Music/HQMusicUrl", ""),
    )


def _news(root: Element) -> News:
    items = root.findall("Articles/item")
    if not items or root.findtext("ArticleCount") != str(len(items)):
        raise BadReply(Failure.INCOMPLETE)
    return News(*(_article(item) for item in items[:ARTICLES]))


def _article(item: Element) -> Article:
    return Article(
        item.findtext("Title", ""),
        item.findtext("Description", ""),
        item.findtext("PicUrl", ""),
        item.findtext("Url", ""),
    )


def _transfer(root: Element) -> TransferCustomerService:
    return TransferCustomerService(root.findtext("TransInfo/KfAccount", ""))


def _required(root: Element, path: str) -> str:
    value = root.findtext(path)
    if not value:
        raise BadReply(Failure.INCOMPLETE)
    return value


_READERS: Mapping[str, Callable[[Element], Reply]] = {
    "text": _text,
    "image": _image,
    "voice": _voice,
    "video": _video,
    "music": _music,
    "news": _news,
    "transfer_customer_service": _transfer,
}

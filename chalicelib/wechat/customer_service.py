"""Turns a late answer into customer service messages, as JSON for WeChat.

What does not fit one message goes in several. A text over 2048 bytes is cut where a reader would
pause. News becomes one message for each article, because WeChat takes only one.

https://developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage.html
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

from . import plain_json
from .replies import (
    Article,
    By,
    CustomerServiceMessage,
    Image,
    MiniProgramPage,
    MpNews,
    MpNewsArticle,
    MsgMenu,
    Music,
    News,
    Reply,
    Text,
    TransferCustomerService,
    Video,
    Voice,
    WxCard,
)
from .texts import cut

Payload: TypeAlias = dict[str, Any]
"""One message, without its recipient."""


class CannotTravelLate(Exception):
    """Only a passive reply can transfer the conversation to customer service."""


def parts(reply: Reply) -> list[Payload]:
    """The messages that `reply` becomes, in order; none for an empty text.

    Raises CannotTravelLate.
    """
    match reply:
        case Text(content):
            return [_payload(reply, content=piece) for piece in cut(content)]
        case News(articles):
            return [_payload(reply, articles=[_article(article)]) for article in articles]
        case By(kf_account, message):
            name = {"customservice": {"kf_account": kf_account}}
            return [payload | name for payload in parts(message)]
        case TransferCustomerService():
            raise CannotTravelLate("transfer_customer_service")
        case _:
            return [_single(reply)]


def body(payload: Mapping[str, Any], openid: str) -> bytes:
    """The body of the request that sends `payload` to a user."""
    return plain_json.sent({"touser": openid, **payload})


def _single(
    reply: Image
    | Voice
    | Video
    | Music
    | MpNews
    | MpNewsArticle
    | MsgMenu
    | WxCard
    | MiniProgramPage,
) -> Payload:
    match reply:
        case Image(media_id):
            return _payload(reply, media_id=media_id)
        case Voice(media_id):
            return _payload(reply, media_id=media_id)
        case Video():
            return _video(reply)
        case Music():
            return _music(reply)
        case MpNews(media_id):
            return _payload(reply, media_id=media_id)
        case MpNewsArticle(article_id):
            return _payload(reply, article_id=article_id)
        case MsgMenu():
            return _msgmenu(reply)
        case WxCard(card_id):
            return _payload(reply, card_id=card_id)
        case MiniProgramPage():
            return _miniprogrampage(reply)


def _video(video: Video) -> Payload:
    return _payload(
        video,
        media_id=video.media_id,
        thumb_media_id=video.thumb_media_id,
        title=video.title,
        description=video.description,
    )


def _music(music: Music) -> Payload:
    return _payload(
        music,
        title=music.title,
        description=music.description,
        musicurl=music.music_url,
        hqmusicurl=music.hq_music_url,
        thumb_media_id=music.thumb_media_id,
    )


def _msgmenu(menu: MsgMenu) -> Payload:
    return _payload(
        menu,
        head_content=menu.head_content,
        list=[{"id": item.id, "content": item.content} for item in menu.items],
        tail_content=menu.tail_content,
    )


def _miniprogrampage(page: MiniProgramPage) -> Payload:
    return _payload(
        page,
        title=page.title,
        appid=page.appid,
        pagepath=page.pagepath,
        thumb_media_id=page.thumb_media_id,
    )


def _article(article: Article) -> dict[str, str]:
    return {
        "title": article.title,
        "description": article.description,
        "url": article.url,
        "picurl": article.pic_url,
    }


def _payload(reply: CustomerServiceMessage, **content: Any) -> Payload:
    payload = {
        "msgtype": reply.msgtype,
        reply.msgtype: {name: value for name, value in content.items() if value != ""},
    }
    return payload | {"aimsgcontext": {"is_ai_msg": 1}} if reply.ai else payload

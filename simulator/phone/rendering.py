"""Actions and messages as the page draws them: a kind, a text, and the fields of the kind."""

from dataclasses import asdict
from typing import Any
from urllib.parse import quote

from chalicelib.wechat.replies import (
    AI_LABEL,
    By,
    Image,
    MiniProgramPage,
    MsgMenu,
    Music,
    News,
    Reply,
    Text,
    TransferCustomerService,
    Video,
    Voice,
)
from simulator.language import Language
from simulator.platform.world import TEMPLATE_MESSAGE, Template
from simulator.pushes import Push
from simulator.wording import answered, done


def by_user(push: Push, language: Language = Language.CHINESE) -> dict[str, Any]:
    """What the user did."""
    fields = push.fields
    kind = str(fields["MsgType"])
    message: dict[str, Any] = {"kind": kind, "text": done(push, language)}
    match kind:
        case "event":
            message |= {"event": str(fields.get("Event")), "key": str(fields.get("EventKey") or "")}
        case "image" | "video" | "shortvideo":
            message["picture"] = media(fields.get("MediaId") if kind == "image" else None)
        case "voice":
            message["recognition"] = fields.get("Recognition", "")
        case "location":
            message["label"] = fields.get("Label", "")
            message["place"] = f"{fields.get('Location_X')}, {fields.get('Location_Y')}"
        case "link":
            message["title"], message["url"] = fields.get("Title", ""), fields.get("Url", "")
            message["description"] = fields.get("Description", "")
        case "file":
            message["title"], message["size"] = (
                fields.get("Title", ""),
                fields.get("FileTotalLen", 0),
            )
    return message


def by_account(message: Reply | Template) -> dict[str, Any]:
    """What the account answered or sent."""
    if isinstance(message, Template):
        kind = "template" if message.word == TEMPLATE_MESSAGE else "subscription"
        data = dict(message.data)
        return {"kind": kind, "text": answered(message), "data": data, "url": message.url}
    if isinstance(message, By):
        inner = by_account(message.message)
        return {**inner, "text": answered(message), "said": inner["text"], "by": message.kf_account}
    drawn = {"text": answered(message), **_drawn(message)}
    if isinstance(message, TransferCustomerService) or not message.ai:
        return drawn
    return drawn | {"label": AI_LABEL}


def media(media_id: object) -> str:
    """The page's path to a file that WeChat has, or empty."""
    return f"media/{quote(str(media_id), safe='')}" if media_id else ""


def _drawn(reply: Reply) -> dict[str, Any]:
    match reply:
        case Text():
            return {"kind": "text"}
        case Image(media_id):
            return {"kind": "image", "picture": media(media_id)}
        case Voice():
            return {"kind": "voice"}
        case Video(_, title, description):
            return {"kind": "video", "title": title, "description": description}
        case Music(_, title, description, url):
            return {"kind": "music", "title": title, "description": description, "url": url}
        case News(articles):
            return {"kind": "news", "articles": [asdict(article) for article in articles]}
        case MsgMenu(head, items, tail):
            choices = [{"id": item.id, "content": item.content} for item in items]
            return {"kind": "msgmenu", "head": head, "choices": choices, "tail": tail}
        case MiniProgramPage(title, _, pagepath):
            return {"kind": "miniprogram", "title": title, "description": pagepath}
        case TransferCustomerService():
            return {"kind": "transfer"}
        case _:
            return {"kind": "card"}

"""Replies as JSON, to store an answer in a table or a job in a queue.

Every release reads what an earlier one wrote: kinds have WeChat's names, which never change, and
unknown fields are ignored.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any, get_args

from . import plain_json
from .replies import (
    Article,
    By,
    CustomerServiceMessage,
    MsgMenu,
    MsgMenuItem,
    News,
    PassiveReply,
    Reply,
)

_KINDS: Mapping[str, type[Any]] = {
    kind.msgtype: kind for kind in get_args(PassiveReply | CustomerServiceMessage)
}


class UnknownKind(ValueError):
    """A reply of a kind that only a later release knows."""


def to_json(replies: Iterable[Reply]) -> str:
    """The replies, in order, as one JSON text."""
    return plain_json.stored([packed(reply) for reply in replies])


def from_json(text: str) -> tuple[Reply, ...]:
    """Reads what `to_json` wrote. Raises UnknownKind."""
    return tuple(unpacked(each) for each in json.loads(text))


def packed(reply: Reply) -> dict[str, Any]:
    """One reply as values for JSON."""
    match reply:
        case By(kf_account, message):
            return {**packed(message), "by": kf_account}
        case News(articles):
            cards = [_values(article) for article in articles]
            return {"kind": reply.msgtype, **_values(reply), "articles": cards}
        case MsgMenu(items=items):
            lines = [_values(each) for each in items]
            return {"kind": reply.msgtype, **_values(reply), "items": lines}
        case _:
            return {"kind": reply.msgtype, **_values(reply)}


def unpacked(packed: Mapping[str, Any]) -> Reply:
    """Reads what `packed` made. Raises UnknownKind."""
    if packed["kind"] not in _KINDS:
        raise UnknownKind(packed["kind"])
    kind = _KINDS[packed["kind"]]
    if kind is News:
        articles = (_made(Article, article) for article in packed["articles"])
        reply: Any = News(*articles, ai=packed.get("ai", False))
    elif kind is MsgMenu:
        items = tuple(_made(MsgMenuItem, item) for item in packed["items"])
        reply = _made(MsgMenu, {**packed, "items": items})
    else:
        reply = _made(kind, packed)
    return By(packed["by"], reply) if "by" in packed else reply


def _values(part: Any) -> dict[str, Any]:
    """The fields that differ from their defaults."""
    values = ((each, getattr(part, each.name)) for each in fields(part))
    return {each.name: value for each, value in values if value != each.default}


def _made(kind: type[Any], values: Mapping[str, Any]) -> Any:
    return kind(**{each.name: values[each.name] for each in fields(kind) if each.name in values})

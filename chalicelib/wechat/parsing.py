"""Reads a verified body into the class of its kind, by the types that the class declares."""

import dataclasses
import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any, get_args, get_origin

from . import xml
from .errors import Unreadable
from .messages import Event, Message, Push
from .xml import Fields, Value

_WORD_STARTS = re.compile("(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def parse(body: bytes) -> Push:
    """Reads a verified `body`: a Message or an Event, of its own class if there is one.

    Raises Unreadable when the body is not XML, or when a field that its class requires is missing
    or has another type.
    """
    try:
        return from_fields(xml.read(body))
    except xml.NotXml:
        raise Unreadable("not_xml") from None


def from_fields(fields: Fields) -> Push:
    """Makes the push from `fields` that are already read. Raises Unreadable."""
    kind = kind_of(fields)
    try:
        return kind(fields=fields, **_values(kind, fields))
    except TypeError:
        raise Unreadable("field_missing_or_wrong") from None


def kind_of_event(event: object) -> type[Push] | None:
    """The class of WeChat's `event` among `messages`, None if it has none there."""
    return Event.kinds.get(event) if isinstance(event, str) else None


@lru_cache(maxsize=1024)
def snake_case(name: str) -> str:
    """The attribute for WeChat's field `name`: `FromUserName` is `from_user_name`."""
    return _WORD_STARTS.sub("_", name).replace("__", "_").lower()


def kind_of(fields: Fields) -> type[Push]:
    """The class of the push that has these `fields`."""
    kind = fields.get("MsgType")
    if kind == "event":
        event = fields.get("Event")
        return kind_of_event(event) or _rare(event, messages=False) or Event
    known = Message.kinds.get(kind) if isinstance(kind, str) else None
    return known or _rare(kind, messages=True) or Message


def _rare(name: Value, *, messages: bool) -> type[Push] | None:
    from . import rare_messages  # noqa: PLC0415 - see there

    known = rare_messages.MESSAGES if messages else rare_messages.EVENTS
    return known.get(name) if isinstance(name, str) else None


def _values(kind: type, fields: Fields) -> dict[str, Any]:
    """Arguments for `kind` from `fields`.

    Leaves out empty elements and those that do not have the declared type. They get their defaults;
    the push's `fields` keep them as they came.
    """
    readers = _readers(kind)
    values = {}
    for name, value in fields.items():
        attribute = snake_case(name)
        reader = readers.get(attribute)
        if not reader or value is None:
            continue
        try:
            values[attribute] = reader(value)
        except (TypeError, ValueError):
            continue
    return values


@cache
def _readers(kind: type) -> dict[str, Callable[[Value], Any]]:
    return {
        each.name: _reader(each.type) for each in dataclasses.fields(kind) if each.name != "fields"
    }


def _reader(declared: Any) -> Callable[[Value], Any]:
    if declared is str:
        return _text
    if get_origin(declared) is tuple:
        item = _reader(get_args(declared)[0])
        return lambda value: tuple(item(each) for each in _items(value))
    if isinstance(declared, type) and dataclasses.is_dataclass(declared):
        return lambda value: declared(**_values(declared, _parts(value)))
    return lambda value: declared(_text(value))


def _text(value: Value) -> str:
    if isinstance(value, str):
        return value
    raise TypeError


def _items(value: Value) -> list[Value]:
    """The items of a list: one or many elements, which WeChat may wrap in `item` elements."""
    items = value["item"] if isinstance(value, dict) and "item" in value else value
    return items if isinstance(items, list) else [items]


def _parts(value: Value) -> Fields:
    if isinstance(value, dict):
        return value
    raise TypeError

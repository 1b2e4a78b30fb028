"""XML as WeChat writes it: text in CDATA, numbers bare, lists as repeated elements.

Unlike the backend's own writer it drops nothing: a user's text goes out as typed, even with
characters that XML forbids.
"""

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

Value: TypeAlias = "str | int | float | Mapping[str, Value] | list[Value] | None"
Fields: TypeAlias = "Mapping[str, Value]"

_CDATA_OR_SEAM = re.compile(r"(<!\[CDATA\[.*?\]\]>)|><(?!!)", re.DOTALL)


def render(fields: Fields, cdata: Callable[[str], str]) -> str:
    """The `<xml>` document of `fields`, its texts wrapped by `cdata`."""
    return f"<xml>{_elements(fields, cdata)}</xml>"


def split_cdata(text: str) -> str:
    """`text` in CDATA that a parser reads back whole, even with `]]>` in it."""
    return raw_cdata(text.replace("]]>", "]]]]><![CDATA[>"))


def raw_cdata(text: str) -> str:
    """`text` in CDATA without any change: a `]]>` in it breaks the document."""
    return f"<![CDATA[{text}]]>"


def in_lines(document: str) -> str:
    """`document` with each element on its own line. No character is dropped."""
    if not document.startswith("<xml>"):
        return document
    return _CDATA_OR_SEAM.sub(lambda found: found[1] or ">\n<", document)


def _elements(fields: Fields, cdata: Callable[[str], str]) -> str:
    return "\n".join(_element(name, value, cdata) for name, value in fields.items())


def _element(name: str, value: Value, cdata: Callable[[str], str]) -> str:
    if isinstance(value, list):
        return "\n".join(_element(name, each, cdata) for each in value)
    return f"<{name}>{_content(value, cdata)}</{name}>"


def _content(value: "str | int | float | Fields | None", cdata: Callable[[str], str]) -> str:
    match value:
        case str():
            return cdata(value)
        case float():
            return f"{value:f}"
        case int():
            return str(value)
        case None:
            return ""
        case _:
            return _elements(value, cdata)

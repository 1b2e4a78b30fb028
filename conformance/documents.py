"""XML as WeChat writes it, and the replies of a backend."""

from collections.abc import Mapping
from typing import TypeAlias
from xml.etree import ElementTree

Value: TypeAlias = "str | int | Mapping[str, Value] | list[Mapping[str, Value]]"
Document: TypeAlias = Mapping[str, Value]


def write(document: Document) -> str:
    """The document, with strings in CDATA and bare numbers."""
    return f"<xml>{_inner(document)}</xml>"


def _inner(fields: Document) -> str:
    return "".join(f"<{name}>{_value(value)}</{name}>" for name, value in fields.items())


def _value(value: Value) -> str:
    match value:
        case int():
            return str(value)
        case str():
            return f"<![CDATA[{value.replace(']]>', ']]]]><![CDATA[>')}]]>"
        case list():
            return "".join(f"<item>{_inner(each)}</item>" for each in value)
        case _:
            return _inner(value)


def read(document: bytes) -> ElementTree.Element:
    """The root of a document. Raises ValueError if it is not XML with the root `xml`."""
    try:
        root = ElementTree.fromstring(document)  # noqa: S314 - of the backend under test
    except ElementTree.ParseError as error:
        raise ValueError(f"it is not XML: {error}") from None
    if root.tag != "xml":
        raise ValueError(f"its root is <{root.tag}>, not <xml>")
    return root

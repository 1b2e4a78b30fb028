"""WeChat speaks XML of one plain shape: elements and text; no attributes, DTD or entities.

What users type reaches us inside it. So reading forgives what XML forbids in text, and writing
lets no text break out of its element.
"""

import re
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import TypeAlias, TypeVar
from xml.parsers import expat

import xmltodict

Value: TypeAlias = "str | Fields | list[Value] | None"
Fields: TypeAlias = "dict[str, Value]"

T = TypeVar("T")

DEEPEST = 16
"""Levels of nesting that are read; WeChat uses four."""

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CHARACTER_REFERENCE = re.compile("&#(?:x([0-9A-Fa-f]{1,6})|([0-9]{1,7}));")
_CDATA_OPENING = re.compile(r"<(\w+)><!\[CDATA\[")


class _Nested(Exception):
    """More than one level below `<xml>`, or an element twice."""


class NotXml(ValueError):
    """Not one well-formed `<xml>` document, or one with a DTD, or nested too deep."""


def read(document: bytes) -> Fields:
    """The fields of an `<xml>` document, by WeChat's own names; an empty element is None.

    Repeated elements become a list. Text is kept to the last space. Raises NotXml.
    """
    root = _forgiving(_parse, document)
    if not isinstance(root, dict) or not root:
        raise NotXml("the root element is not <xml>, or holds no elements")
    return root


def read_flat(document: bytes) -> dict[str, str]:
    """The text of each element right below `<xml>`, the first of each name. Raises NotXml.

    An envelope needs no more.
    """
    return _forgiving(_parse_flat, document)


def cdata(text: str) -> str:
    """`text` as it stands between two tags: what XML forbids is dropped, all else survives."""
    return "<![CDATA[" + allowed(text).replace("]]>", "]]]]><![CDATA[>") + "]]>"


def allowed(text: str) -> str:
    """`text` without the characters that no XML document can hold, not even escaped."""
    return text if text.isprintable() else _FORBIDDEN.sub("", text)


def _forgiving(parse: Callable[[bytes], T], document: bytes) -> T:
    try:
        return parse(document)
    except expat.ExpatError:
        pass
    try:
        return parse(_repaired(document))
    except expat.ExpatError as error:
        raise NotXml(expat.ErrorString(error.code)) from None


def _parse(document: bytes) -> Value:
    try:
        return _parse_plain(document)
    except _Nested:
        return _parse_nested(document)


def _parse_plain(document: bytes) -> Fields:
    """What most messages are, elements of text, in a quarter of the time. Raises _Nested."""
    fields: Fields = {}
    depth = 0
    current = ""
    pieces: list[str] = []

    def start(name: str, _: object) -> None:
        nonlocal depth, current
        depth += 1
        if depth == 2 and name not in fields:
            current = name
            pieces.clear()
            fields[name] = None
        elif depth != 1 or name != "xml":
            raise _Nested

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1
        if depth == 1 and pieces:
            fields[current] = "".join(pieces)

    def text(data: str) -> None:
        if depth == 2:
            pieces.append(data)

    parser = _parser_without_dtd("utf-8", None)
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.Parse(document, True)  # noqa: FBT003 - expat's own signature
    return fields


def _parse_nested(document: bytes) -> Value:
    parsed = xmltodict.parse(
        document, encoding="utf-8", expat=_EXPAT, xml_attribs=False, strip_whitespace=False
    )
    root: Value = parsed.get("xml") if parsed else None
    return _without_layout(root, DEEPEST) if isinstance(root, dict) else root


def _parse_flat(document: bytes) -> dict[str, str]:
    elements: dict[str, str] = {}
    path: list[str] = []

    def text(data: str) -> None:
        if len(path) == 2 and path[0] == "xml":
            elements.setdefault(path[1], data)

    parser = _parser_without_dtd("utf-8", None)
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, _: path.append(name)
    parser.EndElementHandler = lambda _: path.pop()
    parser.CharacterDataHandler = text
    parser.Parse(document, True)  # noqa: FBT003 - expat's own signature
    return elements


def _repaired(document: bytes) -> bytes:
    text = _CHARACTER_REFERENCE.sub(_allowed_reference, document.decode("utf-8", "replace"))
    return "".join(_with_whole_cdata(allowed(text))).encode()


def _with_whole_cdata(text: str) -> Iterator[str]:
    """The document with each CDATA section ended by its element's end only, in linear time."""
    position = 0
    while opening := _CDATA_OPENING.search(text, position):
        end = text.find(f"]]></{opening[1]}>", opening.end())
        if end < 0:
            break
        yield text[position : opening.end()]
        yield text[opening.end() : end].replace("]]>", "]]]]><![CDATA[>")
        position = end
    yield text[position:]


def _allowed_reference(reference: re.Match[str]) -> str:
    hexadecimal, decimal = reference.groups()
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return reference[0] if code <= 0x10FFFF and allowed(chr(code)) else ""


def _without_layout(fields: Fields, levels: int) -> Fields:
    """The white space between elements is no field; xmltodict keeps it as one."""
    if not levels:
        raise NotXml("nested too deep")
    fields.pop("#text", None)
    for name, value in fields.items():
        if isinstance(value, dict):
            fields[name] = _without_layout(value, levels - 1)
        elif isinstance(value, list):
            fields[name] = [
                _without_layout(item, levels - 1) if isinstance(item, dict) else item
                for item in value
            ]
    return fields


def _parser_without_dtd(encoding: str | None, separator: str | None) -> expat.XMLParserType:
    parser = expat.ParserCreate(encoding, separator)
    parser.StartDoctypeDeclHandler = _refuse_dtd
    return parser


def _refuse_dtd(*_: object) -> None:
    raise NotXml("a DTD")


_EXPAT = SimpleNamespace(ParserCreate=_parser_without_dtd)

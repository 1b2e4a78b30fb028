"""Reads and writes WeChat's XML: elements and text, without attributes, DTD or entities.

It holds what users type. So reading tolerates text that XML forbids, and writing lets no text break
out of its element.
"""

import re
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import TypeAlias, TypeVar
from xml.parsers import expat

Value: TypeAlias = "str | Fields | list[Value] | None"
Fields: TypeAlias = "dict[str, Value]"

T = TypeVar("T")

DEEPEST = 16
"""Most levels of nesting that are read; WeChat uses four."""

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CHARACTER_REFERENCE = re.compile("&#(?:x([0-9A-Fa-f]{1,6})|([0-9]{1,7}));")
_CDATA_OPENING = re.compile(r"<(\w+)><!\[CDATA\[")


class _Nested(Exception):
    """The document has more than one level below `<xml>`, or an element twice."""


class NotXml(ValueError):
    """The document is not well-formed XML with the root `<xml>`, has a DTD, or is too deep."""


def read(document: bytes) -> Fields:
    """The fields of an `<xml>` document by WeChat's names; an empty element is None.

    Repeated elements become a list. Text keeps all its white space. Raises NotXml.
    """
    root = _forgiving(_parse, document)
    if not isinstance(root, dict) or not root:
        raise NotXml("the root element is not <xml>, or holds no elements")
    return root


def read_flat(document: bytes) -> dict[str, str]:
    """The text of each element directly below `<xml>`, the first of each name. Raises NotXml.

    That is enough for an envelope.
    """
    return _forgiving(_parse_flat, document)


def text_of(name: str) -> re.Pattern[bytes]:
    """A pattern for an element of plain text, which finds it in linear time."""
    element = name.encode()
    return re.compile(rb"<%b>(?:<!\[CDATA\[)?([^<\]]*)(?:\]\]>)?</%b>" % (element, element))


def texts_of(pattern: re.Pattern[bytes], document: bytes) -> list[str]:
    """The first and the last text that `pattern` finds in a document that nobody has read yet."""
    found = [text.decode("utf-8", "replace") for text in pattern.findall(document) if text]
    return found[:1] + found[1:][-1:]


def may_be_read(document: bytes) -> bool:
    """Whether a document begins and ends as WeChat's do."""
    return document.lstrip()[:5] == b"<xml>" and document.rstrip()[-6:] == b"</xml>"


def cdata(text: str) -> str:
    """`text` as CDATA, without the characters that XML forbids."""
    return "<![CDATA[" + allowed(text).replace("]]>", "]]]]><![CDATA[>") + "]]>"


def allowed(text: str) -> str:
    """`text` without the characters that XML cannot hold, not even escaped."""
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
    """Reads plain elements of text four times as fast; most messages are so. Raises _Nested."""
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

    parser = _parser_without_dtd("utf-8", None)
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = pieces.append  # white space between elements, too; see `start`
    parser.Parse(document, True)  # noqa: FBT003 - expat's own signature
    return fields


def _parse_nested(document: bytes) -> Value:
    import xmltodict  # noqa: PLC0415 - most pushes are plain

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
    """Ends each CDATA section only at the end of its element, in linear time."""
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
    """Removes the white space between elements, which xmltodict keeps as a field."""
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

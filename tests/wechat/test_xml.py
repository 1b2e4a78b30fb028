"""XML is read with the forgiveness that users' text needs, and written so that nothing escapes."""

import pytest
import xmltodict
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.wechat.xml import NotXml, allowed, cdata, read


def content(document: str) -> object:
    return read(document.encode("utf-8", "surrogatepass"))["Content"]


def around(text: str) -> str:
    return f"<xml><Content><![CDATA[{text}]]></Content></xml>"


def test_text_keeps_its_spaces_and_line_breaks() -> None:
    assert content(around("  你好\n ")) == "  你好\n "


def test_layout_between_elements_is_no_field() -> None:
    document = b"<xml>\n  <A>1</A>\n  <B>\n    <C>2</C>\n  </B>\n</xml>\n"
    assert read(document) == {"A": "1", "B": {"C": "2"}}


def test_an_empty_element_is_none_and_a_repeated_one_a_list() -> None:
    assert read(b"<xml><A></A><B>1</B><B>2</B></xml>") == {"A": None, "B": ["1", "2"]}


@pytest.mark.parametrize(
    ("text", "survives_as"),
    [
        ("a]]>b", "a]]>b"),
        ("]]>", "]]>"),
        ("a]]>]]>b", "a]]>]]>b"),
        ("a\x00\x08\x0b\x1fb", "ab"),
        ("a\ufffeb\uffffc", "abc"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
        ("<!DOCTYPE html>", "<!DOCTYPE html>"),
        ("👨‍👩‍👧‍👦/::)", "👨‍👩‍👧‍👦/::)"),
    ],
)
def test_text_that_xml_forbids_does_not_break_a_push(text: str, survives_as: str) -> None:
    assert content(around(text)) == survives_as


def test_a_reference_to_a_forbidden_character_is_dropped() -> None:
    assert content("<xml><Content>a&#0;&#x1F;&#x110000;&#65;</Content></xml>") == "aA"


def test_bytes_that_are_no_utf8_do_not_break_a_push() -> None:
    assert read(b"<xml><Content><![CDATA[a\xffb]]></Content></xml>") == {"Content": "a\ufffdb"}


def test_a_declared_encoding_changes_nothing() -> None:
    document = '<?xml version="1.0" encoding="gbk"?><xml><Content>你好</Content></xml>'
    assert content(document) == "你好"


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"hello",
        b"{}",
        b"<xml>",
        b"<xml><A>1</A>",
        b"<xml></xml>",
        b"<xml>text</xml>",
        b"<html><A>1</A></html>",
        b"<xml><A>1</A></xml><xml/>",
        b"<!DOCTYPE xml><xml><A>1</A></xml>",
        b'<!DOCTYPE xml [<!ENTITY a "b">]><xml><A>&a;</A></xml>',
        b'<!DOCTYPE xml SYSTEM "file:///etc/passwd"><xml><A>1</A></xml>',
        b"<xml><A>&undefined;</A></xml>",
        b"<xml>" + b"<a>" * 17 + b"1" + b"</a>" * 17 + b"</xml>",
        b"<xml>" + b"<a>" * 9000 + b"1" + b"</a>" * 9000 + b"</xml>",
    ],
)
def test_what_is_no_push_is_not_xml(document: bytes) -> None:
    with pytest.raises(NotXml):
        read(document)


@given(st.text())
def test_no_text_breaks_out_of_its_element(text: str) -> None:
    written = f"<xml><A>{cdata(text)}</A><B>b</B></xml>"
    fields = read(written.encode())
    survived = allowed(text).replace("\r\n", "\n").replace("\r", "\n")
    assert fields == {"A": survived or None, "B": "b"}
    assert xmltodict.parse(written)["xml"]["B"] == "b"


@given(
    st.dictionaries(
        st.from_regex("[A-Za-z][A-Za-z_]{0,8}", fullmatch=True),
        st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=40),
        min_size=1,
    ),
    st.sampled_from(["", "\n", "  <!-- no field -->\n"]),
)
def test_plain_fields_are_read_as_xmltodict_reads_them(
    fields: dict[str, str], between: str
) -> None:
    elements = between.join(f"<{name}>{cdata(text)}</{name}>" for name, text in fields.items())
    document = f"<xml>{elements}</xml>".encode()
    parsed = xmltodict.parse(document, strip_whitespace=False)["xml"]
    parsed.pop("#text", None)
    assert read(document) == parsed


def test_a_long_text_is_read_whole() -> None:
    text = "你好\n" * 5000
    assert read(f"<xml><Content>{cdata(text)}</Content></xml>".encode()) == {"Content": text}

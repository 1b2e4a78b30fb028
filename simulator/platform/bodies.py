"""The body of a call: a file, or JSON that is read and written as WeChat does it."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from typing import Any

from .refusals import Refused

# Skips characters below U+0020, which JSON must escape. Also matches an escaped backslash, so that
# a `u` after it counts as a letter.
_ESCAPE = re.compile(r"\\u(?!00[01])[0-9a-fA-F]{4}|\\\\")
_ESCAPED_CONTROL = re.compile(r"\\u00([01][0-9a-f])|\\\\")


@dataclass(frozen=True, slots=True)
class File:
    """A file that was uploaded, or is downloaded, until it `ends` (epoch seconds) if it does."""

    content_type: str
    content: bytes
    ends: float = math.inf


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """A call: its query, the fields of its JSON or form, its file, and WeChat's own address."""

    query: Mapping[str, str]
    fields: Mapping[str, Any]
    file: bytes | None
    address: str
    file_name: str = ""


def read_json(body: bytes) -> Mapping[str, Any]:
    """The object in `body`. Like WeChat it leaves `\\uXXXX` as it is. Raises Refused."""
    try:
        fields = json.loads(_ESCAPE.sub(_as_it_stands, body.decode()), strict=False)
    except UnicodeDecodeError:
        raise Refused(40033) from None
    except (ValueError, RecursionError):
        raise Refused(47001) from None
    if not isinstance(fields, dict):
        raise Refused(47001)
    return fields


def write_json(fields: Mapping[str, Any]) -> bytes:
    """JSON as WeChat writes it: with raw control characters, which JSON forbids."""
    text = json.dumps(fields, ensure_ascii=False)
    return _ESCAPED_CONTROL.sub(_as_it_is, text).encode("utf-8", "replace")


def read_form(content_type: str, body: bytes) -> tuple[Mapping[str, str], bytes | None, str]:
    """The texts of a multipart form, and the file in its field `media` with its name, or None."""
    form = message_from_bytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    parts: list[Message] = form.get_payload() if form.is_multipart() else []  # type: ignore[assignment]
    fields, file, file_name = dict[str, str](), None, ""
    for part in parts:
        name = str(part.get_param("name", header="content-disposition"))
        content: bytes = part.get_payload(decode=True)  # type: ignore[assignment]
        if name == "media":
            file, file_name = content, part.get_filename("")
        else:
            fields[name] = content.decode("utf-8", "replace")
    return fields, file, file_name


def _as_it_is(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 16)) if escape[1] else escape[0]


def _as_it_stands(escape: re.Match[str]) -> str:
    return escape[0] if escape[0] == "\\\\" else "\\" + escape[0]

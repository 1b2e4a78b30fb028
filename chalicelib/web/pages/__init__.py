"""The pages, each a template in this folder; everything that comes from WeChat is escaped."""

import unicodedata
from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_FOLDER = Path(__file__).parent
_STYLE = (_FOLDER / "style.css").read_text("utf-8")
STYLE_SOURCE = f"'sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}'"
"""Our style sheet's name in a content security policy."""


def rendered(template: str, **values: object) -> str:
    """The page `template` as HTML."""
    return _templates().get_template(f"{template}.html").render(style=_STYLE, **values)


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["visible"] = _visible
    environment.filters["https"] = _https
    return environment


def _visible(text: str) -> str:
    """`text` without characters that change the direction of other text, or are invisible."""
    return "".join(
        each
        for each in text
        if unicodedata.category(each) not in ("Cc", "Co", "Cs") and each not in _TURNING
    )


def _https(url: str) -> str:
    """The address of a picture, loaded by https; empty if `url` is not one."""
    scheme, separator, rest = url.partition("://")
    return f"https://{rest}" if separator and scheme in ("http", "https") else ""


_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")

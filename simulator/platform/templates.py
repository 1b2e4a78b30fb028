"""Templates that an account has for template messages, or for subscribe messages.

Those that an account made on WeChat's own pages are not known here, so any other id is accepted,
until it is deleted.
https://developers.weixin.qq.com/doc/service/api/notify/template/api_addtemplate
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .messages import required
from .refusals import Refused

MOST = 25

_CHINESE = "[\u4e00-\u9fff]"
_VALUES: Mapping[str, str] = {
    "thing": r".{1,20}",
    "const": r".{1,20}",
    "number": r"[0-9.]{1,32}",
    "letter": r"[A-Za-z]{1,32}",
    "symbol": r"\W{1,5}",
    "character_string": r"[\x20-\x7e]{1,32}",
    "time": r".*\d{1,2}[:：]\d{2}.*|\d{4}年\d{1,2}月\d{1,2}日.*",
    "date": r"\d{4}[年./-]\d{1,2}[月./-]\d{1,2}.*",
    "amount": r"\D?\d{1,10}(\.\d+)?元?",
    "phone_number": r"[0-9+() -]{1,17}",
    "car_number": r".{1,8}",
    "name": rf"{_CHINESE}{{1,10}}|[^\u4e00-\u9fff]{{1,20}}",
    "phrase": rf"{_CHINESE}{{1,5}}",
}
"""What the value of a keyword may be, by the name of the keyword without its number."""


@dataclass(frozen=True, slots=True)
class Keyword:
    """A keyword's name as users read it, and its name in calls, such as `thing1`."""

    title: str
    name: str


@dataclass(frozen=True, slots=True)
class Private:
    """A template that the account uses. `is_lasting` is a long-term subscription."""

    template_id: str
    title: str
    keywords: tuple[Keyword, ...]
    is_lasting: bool = False

    @property
    def content(self) -> str:
        return "\n".join(f"{each.title}:{{{{{each.name}.DATA}}}}" for each in self.keywords)


class Templates:
    """Those of one kind, of one account."""

    def __init__(self) -> None:
        self.all: dict[str, Private] = {}
        self._deleted: set[str] = set()

    def add(self, title: str, keywords: Sequence[Keyword], *, is_lasting: bool = False) -> str:
        """The id of a new one."""
        template_id = secrets.token_urlsafe(32)
        self.all[template_id] = Private(template_id, title, tuple(keywords), is_lasting)
        return template_id

    def delete(self, template_id: str) -> bool:
        """Whether there was one of that id, which is now refused."""
        self._deleted.add(template_id)
        return self.all.pop(template_id, None) is not None

    def filled(self, fields: Mapping[str, Any], others: "Templates") -> dict[str, str]:
        """The values of a message's keywords. Raises Refused.

        `others` are the templates of the other kind, whose ids are wrong here.
        """
        template_id = required(fields, "template_id", 40037)
        if template_id in self._deleted or template_id in others.all:
            raise Refused(40037)
        data, known = fields.get("data"), self.all.get(template_id)
        if not isinstance(data, dict) or not data:
            raise Refused(47003)
        names = [each.name for each in known.keywords] if known else list(data)
        return {name: _value(data, name) for name in names}


def _value(data: Mapping[str, Any], name: str) -> str:
    given = data.get(name)
    value = given.get("value") if isinstance(given, dict) else None
    if not isinstance(value, str) or not value:
        raise Refused(47003, f"argument invalid! data.{name}.value is empty")
    allowed = _VALUES.get(re.sub(r"\d+$", "", name), ".+")
    if not re.fullmatch(allowed, value, re.DOTALL):
        raise Refused(47003, f"argument invalid! data.{name}.value invalid")
    return value

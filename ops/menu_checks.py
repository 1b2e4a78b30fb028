"""What WeChat would refuse in a file of menus, or would do otherwise than its author thinks."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from . import terminal

BUTTONS, SUB_BUTTONS = 3, 5
NAME_BYTES, SUB_NAME_BYTES = 16, 60
NEEDED: Mapping[object, Sequence[str]] = {
    "click": ("key",),
    "scancode_push": ("key",),
    "scancode_waitmsg": ("key",),
    "pic_sysphoto": ("key",),
    "pic_photo_or_album": ("key",),
    "pic_weixin": ("key",),
    "location_select": ("key",),
    "view": ("url",),
    "miniprogram": ("url", "appid", "pagepath"),
    "media_id": ("media_id",),
    "view_limited": ("media_id",),
    "article_id": ("article_id",),
    "article_view_limited": ("article_id",),
}
"""The fields that a button of each type needs besides its name."""
KEY_BYTES, URL_BYTES = 128, 1024
PERSONAL = """\
  conditionalmenu:
  - matchrule: {tag_id: "2"}
    button:
    - {type: click, name: 会员, key: MEMBER}"""
"""How a file describes a menu for some of the users."""
_RULE = ("tag_id", "client_platform_type")
_PLATFORMS = ("1", "2", "3")
_PRIVATE = ("sex", "country", "province", "city", "language")
"""Fields of a rule that WeChat refuses by now, to protect its users' privacy (65320)."""


def problems(described: Mapping[Any, Any]) -> Iterator[str]:
    """All that is wrong with the menus of a file, a line each."""
    for name in described:
        if name == "matchrule":
            yield f"- matchrule is for a menu that some users see; write it so:\n{PERSONAL}"
        elif name not in ("button", "conditionalmenu"):
            yield f"- {name!r} stands beside button; write only button and conditionalmenu there"
    yield from _problems(described["button"])
    personal = described.get("conditionalmenu", [])
    if not isinstance(personal, list):
        yield f"- conditionalmenu is a list of menus, each with its matchrule:\n{PERSONAL}"
        return
    for number, menu in enumerate(personal, 1):
        for problem in _problems_of_personal(menu):
            yield f"- menu {number} of conditionalmenu: {problem.removeprefix('- ')}"


def _problems_of_personal(menu: Any) -> Iterator[str]:
    fields = set(menu) if isinstance(menu, dict) else set()
    rule, buttons = (menu.get(name) for name in ("matchrule", "button")) if fields else (None, None)
    if fields != {"matchrule", "button"} or not isinstance(buttons, list):
        yield "write matchrule and a list `button`, and nothing else"
    elif not isinstance(rule, dict) or not rule:
        yield f"its matchrule needs {' or '.join(_RULE)}; without one it is the menu of all"
    else:
        yield from _problems_of_rule(rule)
        yield from _problems(buttons)


def _problems_of_rule(rule: Mapping[Any, Any]) -> Iterator[str]:
    for name, value in rule.items():
        if name in _PRIVATE:
            yield f"WeChat matches no {name} any more, and refuses it; tag those users instead"
        elif name not in _RULE:
            yield f"WeChat matches no {name!r}; write {' or '.join(_RULE)}"
        elif isinstance(value, bool) or not str(value).isdecimal():
            yield f"{name} is a number, not {value!r}"
        elif name == "client_platform_type" and str(value) not in _PLATFORMS:
            yield f"client_platform_type is 1 (iOS), 2 (Android) or 3 (others), not {value}"


def _problems(buttons: list[Any]) -> Iterator[str]:
    if not 1 <= len(buttons) <= BUTTONS:
        yield f"- it has {len(buttons)} buttons; WeChat takes 1 to {BUTTONS}"
    for button in buttons:
        if not isinstance(button, dict):
            yield f"- {button!r} is no button: write type, name and the fields of that type"
        elif below := button.get("sub_button"):
            yield from _problems_of_name(button, NAME_BYTES)
            yield from _problems_below(button, below)
        else:
            yield from _problems_of(button, NAME_BYTES)


def _problems_below(button: Mapping[str, Any], below: Any) -> Iterator[str]:
    where = f"- {button.get('name')!r}"
    if not isinstance(below, list) or not all(isinstance(each, dict) for each in below):
        yield f"{where}: sub_button is a list of buttons"
        return
    if len(below) > SUB_BUTTONS:
        yield f"{where} has {len(below)} sub-buttons; WeChat takes up to {SUB_BUTTONS}"
    for each in below:
        if "sub_button" in each:
            yield f"- {each.get('name')!r}: a sub-button has no buttons below it"
        yield from _problems_of(each, SUB_NAME_BYTES)


def _problems_of(button: Mapping[str, Any], name_bytes: int) -> Iterator[str]:
    yield from _problems_of_name(button, name_bytes)
    kind, where = button.get("type"), f"- {button.get('name')!r}"
    for name, value in button.items():
        if name not in ("name", "sub_button") and not _is_text(name, value):
            yield f"{where}: {name} has to be text; write it between quotes"
            return
    if kind not in NEEDED:
        yield f"{where} has the type {kind!r}; WeChat knows: {', '.join(map(str, NEEDED))}"
        return
    for field in NEEDED[kind]:
        value, most = button.get(field), KEY_BYTES if field == "key" else URL_BYTES
        if not isinstance(value, str) or not value:
            yield f"{where}: a button of type {kind} needs {field}"
        elif len(value.encode()) > most:
            yield f"{where}: its {field} has {len(value.encode())} bytes; {most} is the most"


def _is_text(*values: object) -> bool:
    """Whether all of them can be sent to WeChat as text of one line."""
    return all(isinstance(each, str) and terminal.is_plain(each) for each in values)


def _problems_of_name(button: Mapping[str, Any], most: int) -> Iterator[str]:
    name = button.get("name")
    if not isinstance(name, str) or not name:
        yield f"- a button has no name: {dict(button)}"
    elif not _is_text(name):
        yield f"- {name!r}: a name is text of one line, without control characters"
    elif len(name.encode()) > most:
        size = f"{len(name.encode())} bytes, of which a Chinese character takes 3"
        yield f"- {name!r} has {size}; {most} is the most"

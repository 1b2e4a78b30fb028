"""The account's menu as a YAML file with WeChat's field names, checked before it is sent.

https://developers.weixin.qq.com/doc/offiaccount/Custom_Menus/Creating_Custom-Defined_Menu.html
"""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from chalicelib.api.client import Api
from chalicelib.wechat.errors import ApiError

from .errors import Failed

Button: TypeAlias = Mapping[str, Any]

NO_MENU = 46003
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


def read(file: Path) -> list[Button]:
    """The buttons that a file describes. Raises Failed, which names all problems."""
    try:
        described = yaml.safe_load(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise Failed(f"{file} is not in UTF-8. Save it in UTF-8.") from None
    except yaml.YAMLError as error:
        raise Failed(f"{file} is not YAML: {error}") from None
    buttons = described.get("button") if isinstance(described, dict) else None
    if not isinstance(buttons, list):
        raise Failed(f"{file} has no list `button`; `python -m ops menu show` shows the form.")
    if problems := list(_problems(buttons)):
        raise Failed("\n".join([f"{file} is no menu that WeChat takes:", *problems]))
    return [_plain(each) for each in buttons]


def current(api: Api) -> list[Button]:
    """The buttons that the account has now; none if it has no menu. Raises ApiError."""
    try:
        menu = api.get_menu()["menu"]
    except ApiError as error:
        if error.errcode == NO_MENU:
            return []
        raise
    return [_plain(each) for each in menu["button"]]


def written(buttons: Sequence[Button]) -> str:
    """The buttons as a file describes them."""
    return yaml.safe_dump({"button": list(buttons)}, allow_unicode=True, sort_keys=False)


def changes(before: Sequence[Button], after: Sequence[Button]) -> list[str]:
    """The differences, as lines of a unified diff; empty if there are none."""
    old, new = written(before).splitlines(), written(after).splitlines()
    return list(difflib.unified_diff(old, new, "WeChat", "file", lineterm=""))


def _plain(button: Button) -> Button:
    """A button with its fields in a fixed order, without empty fields that WeChat adds."""
    first = [name for name in ("type", "name") if name in button]
    rest = sorted(name for name in button if name not in (*first, "sub_button"))
    plain = {name: button[name] for name in (*first, *rest)}
    if below := button.get("sub_button"):
        listed = below["list"] if isinstance(below, Mapping) else below
        plain["sub_button"] = [_plain(each) for each in listed]
    return plain


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


def _problems_below(button: Button, below: Any) -> Iterator[str]:
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


def _problems_of(button: Button, name_bytes: int) -> Iterator[str]:
    yield from _problems_of_name(button, name_bytes)
    kind, where = button.get("type"), f"- {button.get('name')!r}"
    for name, value in button.items():
        if name != "sub_button" and not _is_text(name, value):
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
    """Whether all of them can be sent to WeChat as text."""
    return all(isinstance(each, str) and each.isprintable() for each in values)


def _problems_of_name(button: Button, most: int) -> Iterator[str]:
    name = button.get("name")
    if not isinstance(name, str) or not name:
        yield f"- a button has no name: {dict(button)}"
    elif len(name.encode()) > most:
        size = f"{len(name.encode())} bytes, of which a Chinese character takes 3"
        yield f"- {name!r} has {size}; {most} is the most"

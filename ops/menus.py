"""The account's menus as a YAML file with WeChat's field names.

A file without `conditionalmenu` says nothing about personalised menus, and those of the account
stay as they are.

https://developers.weixin.qq.com/doc/service/api/custommenu/api_addconditionalmenu.html
"""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from chalicelib.api.client import Api
from chalicelib.wechat.errors import ApiError

from .errors import Failed
from .menu_checks import problems

Button: TypeAlias = Mapping[str, Any]

NO_MENU = 46003


@dataclass(frozen=True, slots=True)
class PersonalMenu:
    """A menu for the users that its rule describes; `menuid` is WeChat's, once it has the menu."""

    buttons: Sequence[Button]
    matchrule: Mapping[str, str]
    menuid: str = ""


@dataclass(frozen=True, slots=True)
class Menus:
    """The menu of all, and those of some; None if nothing is said about these."""

    buttons: Sequence[Button]
    personal: Sequence[PersonalMenu] | None


def read(file: Path) -> Menus:
    """The menus that a file describes. Raises Failed, which names all problems."""
    try:
        described = yaml.safe_load(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise Failed(f"{file} is not in UTF-8. Save it in UTF-8.") from None
    except yaml.YAMLError as error:
        raise Failed(f"{file} is not YAML: {error}") from None
    if not isinstance(described, dict) or not isinstance(described.get("button"), list):
        raise Failed(f"{file} has no list `button`; `python -m ops menu show` shows the form.")
    if found := list(problems(described)):
        raise Failed("\n".join([f"{file} is no menu that WeChat takes:", *found]))
    return _menus(described["button"], described.get("conditionalmenu"))


def current(api: Api) -> Menus:
    """The menus that the account has now. Raises ApiError."""
    try:
        found = api.get_menu()
    except ApiError as error:
        if error.errcode == NO_MENU:
            return Menus([], [])
        raise
    return _menus(found["menu"]["button"], found.get("conditionalmenu", []))


def described(menus: Menus) -> dict[str, Any]:
    """The menus as a file describes them."""
    fields: dict[str, Any] = {"button": list(menus.buttons)}
    if menus.personal:
        fields["conditionalmenu"] = [*map(_fields, menus.personal)]
    return fields


def written(menus: Menus) -> str:
    return yaml.safe_dump(described(menus), allow_unicode=True, sort_keys=False)


def changes(before: Menus, after: Menus) -> list[str]:
    """The differences, as lines of a unified diff; empty if there are none."""
    known = Menus(before.buttons, None) if after.personal is None else before
    old, new = (written(_in_order(each)).splitlines() for each in (known, after))
    return list(difflib.unified_diff(old, new, "WeChat", "file", lineterm=""))


def push(api: Api, before: Menus, after: Menus) -> None:
    """Makes the account's menus those of a file. Raises ApiError.

    WeChat cannot change a personalised menu, and tries the newest first. So all of them are made
    again, in the file's order, and the earlier ones are deleted when nobody sees them any more.
    """
    if before.buttons != after.buttons:
        api.create_menu(after.buttons)
    if after.personal is None or not changes(before, after):
        return
    for each in after.personal:
        api.call("POST", "/cgi-bin/menu/addconditional", body=_fields(each))
    for each in before.personal or ():
        api.call("POST", "/cgi-bin/menu/delconditional", body={"menuid": each.menuid})


def _menus(buttons: Sequence[Button], personal: Sequence[Mapping[str, Any]] | None) -> Menus:
    return Menus(
        [*map(_plain, buttons)],
        None if personal is None else [*map(_personal, personal)],
    )


def _personal(found: Mapping[str, Any]) -> PersonalMenu:
    return PersonalMenu(
        [*map(_plain, found["button"])],
        dict(sorted(_rule(found["matchrule"]))),
        str(found.get("menuid", "")),
    )


def _rule(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The fields of a rule that say something. WeChat calls a tag by its old name, group, too."""
    for name, value in found.items():
        if value not in ("", None):
            yield "tag_id" if name == "group_id" else name, str(value)


def _fields(menu: PersonalMenu) -> dict[str, Any]:
    return {"matchrule": dict(menu.matchrule), "button": list(menu.buttons)}


def _in_order(menus: Menus) -> Menus:
    """The menus in an order that does not depend on the one in which WeChat tells them."""
    if not menus.personal:
        return menus
    return Menus(menus.buttons, sorted(menus.personal, key=lambda each: str(_fields(each))))


def _plain(button: Button) -> Button:
    """A button with its fields in a fixed order, without empty fields that WeChat adds."""
    first = [name for name in ("type", "name") if name in button]
    rest = sorted(name for name in button if name not in (*first, "sub_button"))
    plain = {name: button[name] for name in (*first, *rest)}
    if below := button.get("sub_button"):
        listed = below["list"] if isinstance(below, Mapping) else below
        plain["sub_button"] = [_plain(each) for each in listed]
    return plain

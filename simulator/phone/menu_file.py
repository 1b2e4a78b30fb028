"""The account's menus as the YAML that `python -m ops menu` takes; JSON is YAML, too."""

from collections.abc import Mapping
from typing import Any

import yaml

from simulator.platform import menu_calls
from simulator.platform.bodies import ApiRequest
from simulator.platform.refusals import Refused
from simulator.platform.world import World


class NotAMenu(ValueError):
    """No menu that WeChat takes. The message says why."""


def written(world: World) -> str:
    """The menus of the account, or an empty text."""
    if world.menu is None:
        return ""
    fields: dict[str, Any] = dict(world.menu)
    if world.conditional_menus:
        fields["conditionalmenu"] = [
            {name: menu[name] for name in ("matchrule", "button")}
            for menu in world.conditional_menus
        ]
    return yaml.safe_dump(fields, allow_unicode=True, sort_keys=False)


def read(text: str) -> dict[str, Any]:
    """The menus that a text describes. Raises NotAMenu."""
    try:
        described = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise NotAMenu(f"not YAML, line {line}: {error.problem}") from None
    except yaml.YAMLError:
        raise NotAMenu("not YAML: it has characters that YAML forbids") from None
    if not isinstance(described, dict) or not isinstance(described.get("button"), list):
        raise NotAMenu("a menu has a list `button`")
    if not isinstance(described.get("conditionalmenu", []), list):
        raise NotAMenu("conditionalmenu is a list of menus, each with its matchrule")
    for each in [described, *described.get("conditionalmenu", ())]:
        if not isinstance(each, dict) or not _are_buttons(each.get("button")):
            raise NotAMenu("a button has a name, which is a text, and perhaps a list sub_button")
    return described


def set_menus(world: World, described: Mapping[str, Any]) -> None:
    """Makes the account's menus those; without buttons it has none. Raises NotAMenu."""
    before = world.menu, world.conditional_menus
    call = menu_calls.create if described.get("button") else menu_calls.delete
    try:
        call(world, _request(described))
        if "conditionalmenu" in described:
            world.conditional_menus = []
            for each in described["conditionalmenu"]:
                menu_calls.add_conditional(world, _request(each))
    except Refused as refused:
        world.menu, world.conditional_menus = before
        raise NotAMenu(str(refused)) from None


def _are_buttons(buttons: object) -> bool:
    return isinstance(buttons, list) and all(
        isinstance(each, dict)
        and isinstance(each.get("name"), str)
        and _are_buttons(each.get("sub_button", []))
        for each in buttons
    )


def _request(fields: Any) -> ApiRequest:
    return ApiRequest({}, fields if isinstance(fields, dict) else {}, None, "")

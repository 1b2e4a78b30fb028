"""The calls of WeChat's API about menus: the one of all users, and those of some."""

import secrets
from collections.abc import Collection, Mapping
from typing import Any

from .bodies import ApiRequest
from .endpoints import DONE, Answer, Calls, posting, reading
from .menu_buttons import checked
from .refusals import Refused
from .world import World

_ANDROID = "2"
"""The client of everybody here, as rules name it."""
_RULES = ("tag_id", "group_id", "client_platform_type")
_PRIVATE = ("sex", "country", "province", "city", "language")


def create(world: World, request: ApiRequest) -> Answer:
    world.menu = {"button": checked(request.fields.get("button"))}
    return DONE


def get(world: World, _: ApiRequest) -> Answer:
    if world.menu is None:
        raise Refused(46003)
    if not world.conditional_menus:
        return {"menu": world.menu}
    return {"menu": world.menu, "conditionalmenu": world.conditional_menus}


def delete(world: World, _: ApiRequest) -> Answer:
    world.menu = None
    world.conditional_menus = []
    return DONE


def add_conditional(world: World, request: ApiRequest) -> Answer:
    rule = request.fields.get("matchrule")
    if world.menu is None:
        raise Refused(65303)
    if not isinstance(rule, dict) or not any(rule.get(name) for name in (*_RULES, *_PRIVATE)):
        raise Refused(65304)
    if rule.keys() & set(_PRIVATE):
        raise Refused(65320)
    menuid = str(secrets.randbelow(10**9))
    menu = {"button": checked(request.fields.get("button")), "matchrule": rule, "menuid": menuid}
    world.conditional_menus = [*world.conditional_menus, menu]
    return {"menuid": menuid}


def delete_conditional(world: World, request: ApiRequest) -> Answer:
    menuid = request.fields.get("menuid")
    left = [each for each in world.conditional_menus if each["menuid"] != menuid]
    if len(left) == len(world.conditional_menus):
        raise Refused(65301)
    world.conditional_menus = left
    return DONE


def try_match(world: World, request: ApiRequest) -> Answer:
    """The menu that a user sees: of those for some, the newest that fits."""
    openid = str(request.fields.get("user_id"))
    if not world.follows(openid):
        raise Refused(65302)
    if world.menu is None:
        raise Refused(46003)
    tags = {str(tag) for tag in world.tags.of(openid)}
    fitting = (each for each in reversed(world.conditional_menus) if _fits(each, tags))
    return {"button": next(fitting, world.menu)["button"]}


def get_current(world: World, _: ApiRequest) -> Answer:
    """The menu as it stands on the account's own pages, too."""
    if world.menu is None:
        return {"is_menu_open": 0}
    return {
        "is_menu_open": 1,
        "selfmenu_info": {"button": [_listing(each) for each in world.menu["button"]]},
    }


def _fits(menu: Mapping[str, Any], tags: Collection[str]) -> bool:
    rule = {name: str(value) for name, value in menu["matchrule"].items() if value}
    tag, platform = rule.get("tag_id", rule.get("group_id")), rule.get("client_platform_type")
    return (tag is None or tag in tags) and platform in (None, _ANDROID)


def _listing(button: Mapping[str, Any]) -> Mapping[str, Any]:
    below = button.get("sub_button")
    return {**button, "sub_button": {"list": below}} if below else button


CALLS: Calls = {
    "/cgi-bin/menu/create": posting(create),
    "/cgi-bin/menu/get": reading(get),
    "/cgi-bin/menu/delete": reading(delete),
    "/cgi-bin/menu/addconditional": posting(add_conditional),
    "/cgi-bin/menu/delconditional": posting(delete_conditional),
    "/cgi-bin/menu/trymatch": posting(try_match),
    "/cgi-bin/get_current_selfmenu_info": reading(get_current),
}

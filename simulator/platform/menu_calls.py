"""The calls of WeChat's API about menus: the one of all users, and those of some."""

import secrets
from typing import Any

from .bodies import ApiRequest
from .endpoints import DONE, Answer, Calls, posting, reading
from .refusals import Refused
from .world import World

_PRIVATE = {"sex", "country", "province", "city", "language"}


def create(world: World, request: ApiRequest) -> Answer:
    world.menu = {"button": _buttons(request)}
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
    if not isinstance(rule, dict) or not any(rule.values()):
        raise Refused(65304)
    if _PRIVATE & rule.keys():
        raise Refused(65320)
    menuid = str(secrets.randbelow(10**9))
    menu = {"button": _buttons(request), "matchrule": rule, "menuid": menuid}
    world.conditional_menus = [*world.conditional_menus, menu]
    return {"menuid": menuid}


def delete_conditional(world: World, request: ApiRequest) -> Answer:
    menuid = request.fields.get("menuid")
    left = [each for each in world.conditional_menus if each["menuid"] != menuid]
    if len(left) == len(world.conditional_menus):
        raise Refused(65301)
    world.conditional_menus = left
    return DONE


def _buttons(request: ApiRequest) -> list[Any]:
    buttons = request.fields.get("button")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
        raise Refused(47003)
    return buttons


CALLS: Calls = {
    "/cgi-bin/menu/create": posting(create),
    "/cgi-bin/menu/get": reading(get),
    "/cgi-bin/menu/delete": reading(delete),
    "/cgi-bin/menu/addconditional": posting(add_conditional),
    "/cgi-bin/menu/delconditional": posting(delete_conditional),
}

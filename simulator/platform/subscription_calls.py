"""The calls of WeChat's API about subscribe messages, and the library of their templates.

WeChat's library is large and depends on the account's category. Here it is a small sample.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .bodies import ApiRequest
from .endpoints import DONE, Answer, Calls, posting, reading
from .messages import inside, required
from .refusals import Refused
from .templates import MOST, Keyword
from .world import Template, World

_ONCE, _LASTING = 2, 3
_CATEGORY = 616
_KEYWORDS = range(2, 6)
_TITLE, _SCENE = 15, 15
_CONTENT = 200
_WORD = "订阅通知"


@dataclass(frozen=True, slots=True)
class _Title:
    """A template of the library: its type, and each keyword with its rule and an example."""

    title: str
    type: int
    keywords: Sequence[tuple[str, str, str]]


_LIBRARY: Mapping[int, _Title] = {
    1001: _Title(
        "预约提醒",
        _ONCE,
        (
            ("预约项目", "thing", "剪发"),
            ("预约时间", "time", "2026年12月1日 15:00"),
            ("门店", "thing", "人民路店"),
            ("联系电话", "phone_number", "020-81167888"),
        ),
    ),
    1002: _Title(
        "订单发货通知",
        _ONCE,
        (
            ("商品", "thing", "茶叶"),
            ("快递单号", "character_string", "SF1234567890"),
            ("金额", "amount", "¥99.80"),
        ),
    ),
    1003: _Title(
        "服务进度通知",
        _LASTING,
        (
            ("事项", "thing", "居住证办理"),
            ("进度", "phrase", "已受理"),
            ("日期", "date", "2026-12-01"),
        ),
    ),
}


def send(world: World, request: ApiRequest) -> Answer:
    user = world.user(request.fields.get("touser"))
    templates = world.subscription_templates
    filled = templates.filled(request.fields, world.templates)
    if "miniprogram" in request.fields:
        program = inside(request.fields, "miniprogram")
        required(program, "appid", 40013)
        required(program, "pagepath", 41030)
    template_id = str(request.fields["template_id"])
    known = templates.all.get(template_id)
    world.consents.use(user.openid, template_id, is_lasting=bool(known and known.is_lasting))
    world.send(user, Template(template_id, filled, str(request.fields.get("page", "")), _WORD))
    return DONE


def send_once(world: World, request: ApiRequest) -> Answer:
    """A message to which the user has agreed on a page with a scene, whether they follow or not."""
    user, fields = world.user(request.fields.get("touser")), request.fields
    template_id, title = required(fields, "template_id", 40037), required(fields, "title")
    scene, content = str(fields.get("scene", "")), inside(inside(fields, "data"), "content")
    value = required(content, "value")
    if len(title) > _TITLE or len(value) > _CONTENT:
        raise Refused(47003)
    if not scene.isdecimal() or int(scene) > 10_000:
        raise Refused(47003)
    world.consents.use(user.openid, template_id)
    world.send(user, Template(template_id, {title: value}, str(fields.get("url", "")), _WORD))
    return DONE


def get_category(_: World, __: ApiRequest) -> Answer:
    return {**DONE, "data": [{"id": _CATEGORY, "name": "生活服务"}]}


def get_titles(_: World, request: ApiRequest) -> Answer:
    ids, start, limit = (request.query.get(name, "") for name in ("ids", "start", "limit"))
    if not ids or not start.isdecimal() or not limit.isdecimal() or not 1 <= int(limit) <= 30:
        raise Refused(20002)
    found = [
        {"tid": tid, "title": each.title, "type": each.type, "categoryId": str(_CATEGORY)}
        for tid, each in _LIBRARY.items()
        if str(_CATEGORY) in ids.split(",")
    ]
    return {**DONE, "count": len(found), "data": found[int(start) :][: int(limit)]}


def get_keywords(_: World, request: ApiRequest) -> Answer:
    keywords = _title(request.query.get("tid")).keywords
    return {
        **DONE,
        "count": len(keywords),
        "data": [
            {"kid": kid, "name": name, "example": example, "rule": rule}
            for kid, (name, rule, example) in enumerate(keywords, start=1)
        ],
    }


def add(world: World, request: ApiRequest) -> Answer:
    title, kids = _title(request.fields.get("tid")), request.fields.get("kidList")
    scene = request.fields.get("sceneDesc", "")
    known = range(1, len(title.keywords) + 1)
    if not isinstance(kids, list) or len(kids) not in _KEYWORDS or len(set(kids)) != len(kids):
        raise Refused(200020)
    if not all(type(kid) is int and kid in known for kid in kids):
        raise Refused(200020)
    if not isinstance(scene, str) or len(scene) > _SCENE:
        raise Refused(200021)
    if len(world.subscription_templates.all) >= MOST:
        raise Refused(200012)
    chosen = [(kid, *title.keywords[kid - 1]) for kid in kids]
    keywords = [Keyword(name, f"{rule}{kid}") for kid, name, rule, _ in chosen]
    lasting = title.type == _LASTING
    made = world.subscription_templates.add(title.title, keywords, is_lasting=lasting)
    return {**DONE, "priTmplId": made}


def get_all(world: World, _: ApiRequest) -> Answer:
    found: list[dict[str, Any]] = [
        {
            "priTmplId": each.template_id,
            "title": each.title,
            "content": each.content,
            "example": "",
            "type": _LASTING if each.is_lasting else _ONCE,
        }
        for each in world.subscription_templates.all.values()
    ]
    return {**DONE, "data": found}


def delete(world: World, request: ApiRequest) -> Answer:
    if not world.subscription_templates.delete(required(request.fields, "priTmplId", 20002)):
        raise Refused(20001)
    return DONE


def _title(tid: object) -> _Title:
    """A template of the library, by its number or the number as text. Raises Refused."""
    number = int(tid) if isinstance(tid, str) and tid.isdecimal() else tid
    if type(number) is not int or number not in _LIBRARY:
        raise Refused(200014)
    return _LIBRARY[number]


CALLS: Calls = {
    "/cgi-bin/message/subscribe/bizsend": posting(send),
    "/cgi-bin/message/template/subscribe": posting(send_once),
    "/wxaapi/newtmpl/getcategory": reading(get_category),
    "/wxaapi/newtmpl/getpubtemplatetitles": reading(get_titles),
    "/wxaapi/newtmpl/getpubtemplatekeywords": reading(get_keywords),
    "/wxaapi/newtmpl/addtemplate": posting(add),
    "/wxaapi/newtmpl/gettemplate": reading(get_all),
    "/wxaapi/newtmpl/deltemplate": posting(delete),
}

"""The calls of WeChat's API about template messages."""

import secrets

from . import messages
from .bodies import ApiRequest
from .endpoints import DONE, Answer, Calls, posting, reading
from .refusals import Refused
from .templates import MOST, Keyword
from .world import Template, World

LIST = "/cgi-bin/template/get_all_private_template"


def send(world: World, request: ApiRequest) -> Answer:
    user = world.user(request.fields.get("touser"))
    if not user.follows:
        raise Refused(43004)
    filled = world.templates.filled(request.fields, world.subscription_templates)
    url = str(request.fields.get("url", ""))
    world.send(user, Template(str(request.fields["template_id"]), filled, url))
    return {**DONE, "msgid": secrets.randbits(53)}


def add(world: World, request: ApiRequest) -> Answer:
    """Takes any number of a template and any keywords: the library of WeChat is not known here."""
    number = messages.required(request.fields, "template_id_short", 40037)
    keywords = request.fields.get("keyword_name_list")
    if not number.isdecimal():
        raise Refused(40247)
    if not isinstance(keywords, list) or not keywords or not all(map(_is_name, keywords)):
        raise Refused(40246)
    if len(world.templates.all) >= MOST:
        raise Refused(45026)
    named = [Keyword(title, f"thing{place}") for place, title in enumerate(keywords, start=1)]
    return {**DONE, "template_id": world.templates.add(f"模板 {number}", named)}


def get_all(world: World, _: ApiRequest) -> Answer:
    return {
        "template_list": [
            {
                "template_id": each.template_id,
                "title": each.title,
                "primary_industry": "",
                "deputy_industry": "",
                "content": each.content,
                "example": "",
            }
            for each in world.templates.all.values()
        ]
    }


def delete(world: World, request: ApiRequest) -> Answer:
    if not world.templates.delete(messages.required(request.fields, "template_id", 40037)):
        raise Refused(40037)
    return DONE


def _is_name(keyword: object) -> bool:
    return isinstance(keyword, str) and bool(keyword)


CALLS: Calls = {
    "/cgi-bin/message/template/send": posting(send),
    "/cgi-bin/template/api_add_template": posting(add),
    LIST: reading(get_all),
    "/cgi-bin/template/del_private_template": posting(delete),
}

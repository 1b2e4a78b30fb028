"""The calls of WeChat's API about tags."""

from collections.abc import Mapping
from typing import Any

from .bodies import ApiRequest
from .endpoints import DONE, Answer, Calls, posting, reading
from .messages import inside, required
from .refusals import Refused
from .world import World

_MOST_AT_ONCE = 50


def create(world: World, request: ApiRequest) -> Answer:
    name = _tag(request).get("name")
    return {"tag": {"id": world.tags.create(name), "name": name}}


def get(world: World, _: ApiRequest) -> Answer:
    tags = world.tags
    return {
        "tags": [
            {"id": tag, "name": name, "count": len(tags.tagged(tag))}
            for tag, name in tags.names.items()
        ]
    }


def update(world: World, request: ApiRequest) -> Answer:
    tag = _tag(request)
    world.tags.rename(tag.get("id"), tag.get("name"))
    return DONE


def delete(world: World, request: ApiRequest) -> Answer:
    world.tags.delete(_tag(request).get("id"))
    return DONE


def list_tagged(world: World, request: ApiRequest) -> Answer:
    """All at once: no tag here has the 10 000 users of a page."""
    openids, after = (
        world.tags.tagged(request.fields.get("tagid")),
        request.fields.get("next_openid"),
    )
    if after:
        if after not in openids:
            raise Refused(40003)
        openids = openids[openids.index(after) + 1 :]
    if not openids:
        return {"count": 0}
    return {"count": len(openids), "data": {"openid": openids}, "next_openid": openids[-1]}


def tag_users(world: World, request: ApiRequest) -> Answer:
    world.tags.give(request.fields.get("tagid"), _followers(world, request))
    return DONE


def untag_users(world: World, request: ApiRequest) -> Answer:
    world.tags.take(request.fields.get("tagid"), _followers(world, request))
    return DONE


def list_of_user(world: World, request: ApiRequest) -> Answer:
    openid = required(request.fields, "openid", 40003)
    return {"tagid_list": world.tags.of(world.follower(openid).openid)}


def _tag(request: ApiRequest) -> Mapping[str, Any]:
    return inside(request.fields, "tag")


def _followers(world: World, request: ApiRequest) -> list[str]:
    """The openids of the request. Raises Refused."""
    openids = request.fields.get("openid_list")
    if not isinstance(openids, list) or not 1 <= len(openids) <= _MOST_AT_ONCE:
        raise Refused(40032)
    return [world.follower(openid).openid for openid in openids]


CALLS: Calls = {
    "/cgi-bin/tags/create": posting(create),
    "/cgi-bin/tags/get": reading(get),
    "/cgi-bin/tags/update": posting(update),
    "/cgi-bin/tags/delete": posting(delete),
    "/cgi-bin/tags/members/batchtagging": posting(tag_users),
    "/cgi-bin/tags/members/batchuntagging": posting(untag_users),
    "/cgi-bin/tags/getidlist": posting(list_of_user),
    "/cgi-bin/user/tag/get": posting(list_tagged),
}

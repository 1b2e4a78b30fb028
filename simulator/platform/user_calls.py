"""The calls of WeChat's API about followers: lists of them, what is known of them, remarks."""

from typing import Any

from .bodies import ApiRequest
from .endpoints import DONE, Answer, Calls, posting, reading
from .refusals import Refused
from .world import World

FOLLOWERS_A_PAGE = 10_000
_MOST_AT_ONCE = 100
_REMARK_BYTES = 30


def info(world: World, request: ApiRequest) -> Answer:
    return _info(world, request.query.get("openid"), request.query.get("lang"))


def infos(world: World, request: ApiRequest) -> Answer:
    users = request.fields.get("user_list")
    if not isinstance(users, list) or not 1 <= len(users) <= _MOST_AT_ONCE:
        raise Refused(40032)
    if not all(isinstance(each, dict) for each in users):
        raise Refused(47001)
    return {
        "user_info_list": [_info(world, each.get("openid"), each.get("lang")) for each in users]
    }


def followers(world: World, request: ApiRequest) -> Answer:
    """A page of openids; the next one begins after `next_openid`, the last openid of this one."""
    page = world.followers(request.query.get("next_openid", ""))[:FOLLOWERS_A_PAGE]
    answer = {"total": len(world.followers()), "count": len(page), "next_openid": ""}
    return {**answer, "data": {"openid": page}, "next_openid": page[-1]} if page else answer


def remark(world: World, request: ApiRequest) -> Answer:
    """Sets the name that the account has for a follower; an empty one takes it away."""
    user, name = world.follower(request.fields.get("openid")), request.fields.get("remark")
    if not isinstance(name, str) or len(name.encode("utf-8", "replace")) >= _REMARK_BYTES:
        raise Refused(47003)
    user.remark = name
    return DONE


def _info(world: World, openid: object, language: object) -> dict[str, Any]:
    user = world.user(openid)
    if not user.follows:
        return {"subscribe": 0, "openid": user.openid}
    tags = world.tags.of(user.openid)
    return {
        "subscribe": 1,
        "openid": user.openid,
        "nickname": "",
        "language": language or "zh_CN",
        "headimgurl": "",
        "subscribe_time": int(user.since),
        "remark": user.remark,
        "groupid": tags[0] if tags else 0,
        "tagid_list": tags,
        "subscribe_scene": "ADD_SCENE_OTHERS",
        "qr_scene": 0,
        "qr_scene_str": "",
    }


CALLS: Calls = {
    "/cgi-bin/user/info": reading(info),
    "/cgi-bin/user/info/batchget": posting(infos),
    "/cgi-bin/user/info/updateremark": posting(remark),
    "/cgi-bin/user/get": reading(followers),
}

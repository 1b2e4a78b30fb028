"""The calls of WeChat's API about customer service staff."""

from typing import Any

from . import media, session_calls
from .bodies import ApiRequest, File
from .endpoints import DONE, Answer, Calls, posting, reading
from .media_calls import address, keep
from .refusals import Refused
from .staff import Agent
from .world import World

LIST = "/cgi-bin/customservice/getkflist"


def add(world: World, request: ApiRequest) -> Answer:
    world.staff.add(request.fields.get("kf_account"), request.fields.get("nickname"))
    return DONE


def update(world: World, request: ApiRequest) -> Answer:
    world.staff.rename(request.fields.get("kf_account"), request.fields.get("nickname"))
    return DONE


def delete(world: World, request: ApiRequest) -> Answer:
    world.staff.delete(request.query.get("kf_account"))
    return DONE


def invite(world: World, request: ApiRequest) -> Answer:
    world.staff.invite(request.fields.get("kf_account"), request.fields.get("invite_wx"))
    return DONE


def upload_picture(world: World, request: ApiRequest) -> Answer:
    agent = world.staff.find(request.query.get("kf_account"))
    if not request.file:
        raise Refused(41005)
    if media.ending(request.file_name) not in ("jpg", "jpeg", "png"):
        raise Refused(40005)
    picture = File(media.content_type(request.file_name), request.file)
    agent.picture = address(request, keep(world, picture))
    return DONE


def list_all(world: World, _: ApiRequest) -> Answer:
    return {"kf_list": [_listed(each) for each in world.staff.all.values()]}


def list_online(world: World, _: ApiRequest) -> Answer:
    online = (each for each in world.staff.all.values() if each.person)
    return {
        "kf_online_list": [
            {
                "kf_account": each.account,
                "status": 1,
                "kf_id": str(each.number),
                "accepted_case": len(session_calls.of_agent(world, each.account)),
            }
            for each in online
        ]
    }


def _listed(agent: Agent) -> dict[str, Any]:
    listed = {
        "kf_account": agent.account,
        "kf_nick": agent.nickname,
        "kf_id": str(agent.number),
        "kf_headimgurl": agent.picture,
    }
    return {**listed, "kf_wx": agent.person} if agent.person else listed


CALLS: Calls = {
    LIST: reading(list_all),
    "/cgi-bin/customservice/getonlinekflist": reading(list_online),
    "/customservice/kfaccount/add": posting(add),
    "/customservice/kfaccount/update": posting(update),
    "/customservice/kfaccount/del": reading(delete),
    "/customservice/kfaccount/inviteworker": posting(invite),
    "/customservice/kfaccount/uploadheadimg": posting(upload_picture),
    **session_calls.CALLS,
}

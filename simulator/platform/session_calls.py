"""The calls of WeChat's API about sessions: which agent of customer service has which user.

WeChat pushes an event for each that begins or ends.
https://developers.weixin.qq.com/doc/service/api/customer/messctrl/api_createkfsession.html
"""

from typing import Any

from .agents import Session
from .bodies import ApiRequest
from .endpoints import DONE, Answer, Calls, posting, reading
from .refusals import Refused
from .world import World


def create(world: World, request: ApiRequest) -> Answer:
    agent = world.staff.find(request.fields.get("kf_account"))
    if not agent.person:
        raise Refused(65402)
    user = world.follower(request.fields.get("openid"))
    session = world.agents.of(user.openid)
    if session is None or not session.taken:
        world.push(world.agents.take(user.openid, agent.account))
    elif session.account != agent.account:
        raise Refused(65414)
    return DONE


def close(world: World, request: ApiRequest) -> Answer:
    agent = world.staff.find(request.fields.get("kf_account"))
    user = world.user(request.fields.get("openid"))
    if world.agents.taken(user.openid).account != agent.account:
        raise Refused(65414)
    world.push(world.agents.close(user.openid))
    return DONE


def get(world: World, request: ApiRequest) -> Answer:
    """The session of a user, with an empty account if there is none."""
    session = world.agents.of(world.user(request.query.get("openid")).openid)
    if session is None or not session.taken:
        return {"createtime": 0, "kf_account": ""}
    return {"createtime": int(session.taken), "kf_account": session.account}


def list_of_agent(world: World, request: ApiRequest) -> Answer:
    agent = world.staff.find(request.query.get("kf_account"))
    return {
        "sessionlist": [
            {"createtime": int(session.taken), "openid": openid}
            for openid, session in of_agent(world, agent.account).items()
        ]
    }


def list_waiting(world: World, _: ApiRequest) -> Answer:
    waiting: list[dict[str, Any]] = [
        {"latest_time": int(world.user(openid).exchanged), "openid": openid}
        for openid, session in world.agents.sessions.items()
        if not session.taken
    ]
    return {"count": len(waiting), "waitcaselist": waiting}


def of_agent(world: World, account: str) -> dict[str, Session]:
    """The sessions of an agent, by the openid of the user."""
    return {
        openid: session
        for openid, session in world.agents.sessions.items()
        if session.taken and session.account == account
    }


CALLS: Calls = {
    "/customservice/kfsession/create": posting(create),
    "/customservice/kfsession/close": posting(close),
    "/customservice/kfsession/getsession": reading(get),
    "/customservice/kfsession/getsessionlist": reading(list_of_agent),
    "/customservice/kfsession/getwaitcase": reading(list_waiting),
}

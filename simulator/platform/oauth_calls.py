"""The calls of web authorization, each about one user who allowed it.

They use no access token of the account, and have no daily quota. The IP whitelist guards them, too.
"""

from dataclasses import asdict
from typing import Any

from .authorization import ACCESS_LIFE, USERINFO, Grant
from .bodies import ApiRequest
from .endpoints import DONE, Calls, Endpoint
from .messages import required
from .profiles import SNAPSHOT, Profile
from .refusals import Refused
from .world import World

PREFIX = "/sns/"
EXCHANGE = f"{PREFIX}oauth2/access_token"
REFRESH = f"{PREFIX}oauth2/refresh_token"
USER_INFO = f"{PREFIX}userinfo"
AUTH = f"{PREFIX}auth"


def exchange(world: World, request: ApiRequest) -> dict[str, Any]:
    world.check_secret(request.query.get("appid"), request.query.get("secret"))
    _check_grant_type(request, "authorization_code")
    grant = world.authorizations.exchange(required(request.query, "code", 41008))
    answer = _tokens(grant)
    if grant.is_snapshot:
        answer["is_snapshotuser"] = 1
    if grant.scope == USERINFO:
        answer.update(_unionid(_profile(world, grant)))
    return answer


def refresh(world: World, request: ApiRequest) -> dict[str, Any]:
    world.check_app_id(request.query.get("appid"))
    _check_grant_type(request, "refresh_token")
    return _tokens(world.authorizations.refresh(required(request.query, "refresh_token", 41003)))


def user_info(world: World, request: ApiRequest) -> dict[str, Any]:
    grant = _checked(world, request)
    if grant.scope != USERINFO:
        raise Refused(48001)
    profile = _profile(world, grant)
    answer = {"openid": grant.openid, **asdict(profile), "privilege": list(profile.privilege)}
    del answer["unionid"]
    return {**answer, **_unionid(profile)}


def auth(world: World, request: ApiRequest) -> dict[str, Any]:
    _checked(world, request)
    return dict(DONE)


def _check_grant_type(request: ApiRequest, wanted: str) -> None:
    if request.query.get("grant_type") != wanted:
        raise Refused(40002)


def _checked(world: World, request: ApiRequest) -> Grant:
    access_token = required(request.query, "access_token", 41001)
    return world.authorizations.check(access_token, required(request.query, "openid", 41009))


def _tokens(grant: Grant) -> dict[str, Any]:
    return {
        "access_token": grant.access_token,
        "expires_in": ACCESS_LIFE,
        "refresh_token": grant.refresh_token,
        "openid": grant.openid,
        "scope": grant.scope,
    }


def _profile(world: World, grant: Grant) -> Profile:
    return SNAPSHOT if grant.is_snapshot else world.profiles[grant.openid]


def _unionid(profile: Profile) -> dict[str, str]:
    return {"unionid": profile.unionid} if profile.unionid else {}


CALLS: Calls = {
    EXCHANGE: Endpoint("GET", exchange, wants_token=False),
    REFRESH: Endpoint("GET", refresh, wants_token=False),
    USER_INFO: Endpoint("GET", user_info, wants_token=False),
    AUTH: Endpoint("GET", auth, wants_token=False),
}

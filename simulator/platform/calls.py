"""All calls of WeChat's API that the simulator plays, by path, and those that are of no family."""

import secrets

from simulator.faults import QUOTA_EXHAUSTED

from . import (
    draft_calls,
    mass_calls,
    media_calls,
    menu_calls,
    message_calls,
    messages,
    oauth_calls,
    short_key_calls,
    staff_calls,
    subscription_calls,
    tag_calls,
    template_calls,
    user_calls,
)
from .bodies import ApiRequest
from .endpoints import DONE, Answer, Calls, Endpoint, posting, reading
from .refusals import Refused
from .world import World

STABLE_TOKEN = "/cgi-bin/stable_token"  # noqa: S105
QUOTA = "/cgi-bin/openapi/quota/get"
_TICKET_LIFE = 7200
_A_DAY = 500_000
"""How often each call may be made."""


def stable_token(world: World, request: ApiRequest) -> Answer:
    if request.fields.get("grant_type") != "client_credential":
        raise Refused(40002)
    token, seconds = world.issue_token(
        request.fields.get("appid"),
        request.fields.get("secret"),
        force=request.fields.get("force_refresh") is True,
    )
    return {"access_token": token, "expires_in": seconds}


def create_qr_code(_: World, request: ApiRequest) -> Answer:
    kind = messages.required(request.fields, "action_name")
    if kind not in ("QR_SCENE", "QR_STR_SCENE", "QR_LIMIT_SCENE", "QR_LIMIT_STR_SCENE"):
        raise Refused(47003)
    code = {"ticket": secrets.token_urlsafe(60), "url": f"http://weixin.qq.com/q/{_short()}"}
    if kind.startswith("QR_LIMIT"):
        return code
    return {**code, "expire_seconds": request.fields.get("expire_seconds", 60)}


def get_callback_ip(_: World, __: ApiRequest) -> Answer:
    return {"ip_list": ["127.0.0.1"]}


def check_callback(_: World, __: ApiRequest) -> Answer:
    return {"dns": [{"ip": "127.0.0.1", "real_operator": "DEFAULT"}], "ping": []}


def get_ticket(world: World, request: ApiRequest) -> Answer:
    if request.query.get("type") != "jsapi":
        raise Refused(47003)
    return {**DONE, "ticket": world.js_sdk_ticket, "expires_in": _TICKET_LIFE}


def get_quota(world: World, request: ApiRequest) -> Answer:
    """How often a call was made since this program began, and how often it may be in a day."""
    path = messages.required(request.fields, "cgi_path")
    if path not in CALLS or not CALLS[path].wants_token:
        raise Refused(76021)
    made = len([call for call in world.calls if call.path == path])
    used = _A_DAY if world.faults.is_on(QUOTA_EXHAUSTED) else made
    return {**DONE, "quota": {"daily_limit": _A_DAY, "used": used, "remain": _A_DAY - used}}


def _short() -> str:
    return secrets.token_hex(12)


CALLS: Calls = {
    STABLE_TOKEN: Endpoint("POST", stable_token, wants_token=False),
    "/cgi-bin/qrcode/create": posting(create_qr_code),
    "/cgi-bin/getcallbackip": reading(get_callback_ip),
    "/cgi-bin/callback/check": posting(check_callback),
    QUOTA: posting(get_quota),
    "/cgi-bin/ticket/getticket": reading(get_ticket),
    **message_calls.CALLS,
    **mass_calls.CALLS,
    **template_calls.CALLS,
    **subscription_calls.CALLS,
    **media_calls.CALLS,
    **user_calls.CALLS,
    **tag_calls.CALLS,
    **menu_calls.CALLS,
    **draft_calls.CALLS,
    **staff_calls.CALLS,
    **short_key_calls.CALLS,
    **oauth_calls.CALLS,
}

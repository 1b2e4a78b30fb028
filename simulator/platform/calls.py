"""The calls of WeChat's API that the simulator has, by path.

A call is a function of the world and the request. It returns the fields of the answer or a file,
or raises Refused.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from simulator.faults import QUOTA_EXHAUSTED

from . import menu_calls, messages, oauth_calls
from .bodies import ApiRequest, File
from .refusals import Refused
from .world import Template, World

Answer: TypeAlias = Mapping[str, Any] | File

STABLE_TOKEN = "/cgi-bin/stable_token"  # noqa: S105
SEND = "/cgi-bin/message/custom/send"
TYPING = "/cgi-bin/message/custom/typing"
STAFF = "/cgi-bin/customservice/getkflist"
QUOTA = "/cgi-bin/openapi/quota/get"
TEMPLATES = "/cgi-bin/template/get_all_private_template"
PUBLISHED = "/cgi-bin/freepublish/batchget"
DOWNLOAD = "/download/"
"""The path of videos, which WeChat serves from other hosts."""

_TICKET_LIFE = 7200
_A_DAY = 500_000
"""How often each call may be made."""
FOLLOWERS_A_PAGE = 10_000
_MEDIA_KINDS = {
    "image": "image/jpeg",
    "voice": "audio/amr",
    "video": "video/mp4",
    "thumb": "image/jpeg",
}
_DONE: Mapping[str, Any] = {"errcode": 0, "errmsg": "ok"}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The method of a path and the function that answers. Most calls need an access token."""

    method: str
    answer: Callable[[World, ApiRequest], Answer]
    wants_token: bool = True


def stable_token(world: World, request: ApiRequest) -> Answer:
    if request.fields.get("grant_type") != "client_credential":
        raise Refused(40002)
    token, seconds = world.issue_token(
        request.fields.get("appid"),
        request.fields.get("secret"),
        force=request.fields.get("force_refresh") is True,
    )
    return {"access_token": token, "expires_in": seconds}


def send(world: World, request: ApiRequest) -> Answer:
    user = world.user(request.fields.get("touser"))
    message = messages.read(request.fields)
    user.take_message(world.clock())
    world.send(user, message)
    return _DONE


def typing(world: World, request: ApiRequest) -> Answer:
    user = world.user(request.fields.get("touser"))
    command = request.fields.get("command")
    if command not in ("Typing", "CancelTyping"):
        raise Refused(45072)
    if command == "Typing":
        user.show_typing(world.clock())
    else:
        user.hide_typing()
    return _DONE


def upload_media(world: World, request: ApiRequest) -> Answer:
    kind = request.query.get("type", "")
    if kind not in _MEDIA_KINDS:
        raise Refused(47003)
    if request.file is None:
        raise Refused(41005)
    media_id = secrets.token_urlsafe(48)
    world.media[media_id] = File(_MEDIA_KINDS[kind], request.file)
    name = "thumb_media_id" if kind == "thumb" else "media_id"
    return {"type": kind, name: media_id, "created_at": int(world.clock())}


def get_media(world: World, request: ApiRequest) -> Answer:
    media_id = request.query.get("media_id", "")
    file = world.media.get(media_id)
    if file is None:
        raise Refused(40007)
    if file.content_type.startswith("video/"):
        return {"video_url": f"{request.address}{DOWNLOAD}{media_id}"}
    return file


def user_info(world: World, request: ApiRequest) -> Answer:
    user = world.user(request.query.get("openid"))
    if not user.follows:
        return {"subscribe": 0, "openid": user.openid}
    return {
        "subscribe": 1,
        "openid": user.openid,
        "nickname": "",
        "language": request.query.get("lang", "zh_CN"),
        "headimgurl": "",
        "subscribe_time": int(user.since),
        "remark": "",
        "groupid": 0,
        "tagid_list": [],
        "subscribe_scene": "ADD_SCENE_OTHERS",
        "qr_scene": 0,
        "qr_scene_str": "",
    }


def list_followers(world: World, request: ApiRequest) -> Answer:
    """A page of openids; the next one begins after `next_openid`, the last openid of this one."""
    page = world.followers(request.query.get("next_openid", ""))[:FOLLOWERS_A_PAGE]
    answer = {"total": len(world.followers()), "count": len(page), "next_openid": ""}
    return {**answer, "data": {"openid": page}, "next_openid": page[-1]} if page else answer


def send_template(world: World, request: ApiRequest) -> Answer:
    user = world.user(request.fields.get("touser"))
    if not user.follows:
        raise Refused(43004)
    template_id = messages.required(request.fields, "template_id")
    data = request.fields.get("data")
    if not isinstance(data, dict):
        raise Refused(47003)
    filled = {name: messages.required(each, "value") for name, each in data.items()}
    world.send(user, Template(template_id, filled, str(request.fields.get("url", ""))))
    return {**_DONE, "msgid": secrets.randbits(53)}


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


def list_staff(_: World, __: ApiRequest) -> Answer:
    """No staff. An account that never had any answers 65400 instead."""
    return {"kf_list": []}


def list_templates(_: World, __: ApiRequest) -> Answer:
    """No templates: a message may name any."""
    return {"template_list": []}


def list_published(_: World, __: ApiRequest) -> Answer:
    return {"total_count": 0, "item_count": 0, "item": []}


def check_callback(_: World, __: ApiRequest) -> Answer:
    return {"dns": [{"ip": "127.0.0.1", "real_operator": "DEFAULT"}], "ping": []}


def get_ticket(world: World, request: ApiRequest) -> Answer:
    if request.query.get("type") != "jsapi":
        raise Refused(47003)
    return {**_DONE, "ticket": world.js_sdk_ticket, "expires_in": _TICKET_LIFE}


def get_quota(world: World, request: ApiRequest) -> Answer:
    """How often a call was made since this program began, and how often it may be in a day."""
    path = messages.required(request.fields, "cgi_path")
    if path not in CALLS or not CALLS[path].wants_token:
        raise Refused(76021)
    made = len([call for call in world.calls if call.path == path])
    used = _A_DAY if world.faults.is_on(QUOTA_EXHAUSTED) else made
    return {**_DONE, "quota": {"daily_limit": _A_DAY, "used": used, "remain": _A_DAY - used}}


def _short() -> str:
    return secrets.token_hex(12)


CALLS: Mapping[str, Endpoint] = {
    STABLE_TOKEN: Endpoint("POST", stable_token, wants_token=False),
    SEND: Endpoint("POST", send),
    TYPING: Endpoint("POST", typing),
    STAFF: Endpoint("GET", list_staff),
    TEMPLATES: Endpoint("GET", list_templates),
    PUBLISHED: Endpoint("POST", list_published),
    "/cgi-bin/media/upload": Endpoint("POST", upload_media),
    "/cgi-bin/media/get": Endpoint("GET", get_media),
    "/cgi-bin/user/info": Endpoint("GET", user_info),
    "/cgi-bin/user/get": Endpoint("GET", list_followers),
    "/cgi-bin/menu/create": Endpoint("POST", menu_calls.create),
    "/cgi-bin/menu/get": Endpoint("GET", menu_calls.get),
    "/cgi-bin/menu/delete": Endpoint("GET", menu_calls.delete),
    "/cgi-bin/menu/addconditional": Endpoint("POST", menu_calls.add_conditional),
    "/cgi-bin/menu/delconditional": Endpoint("POST", menu_calls.delete_conditional),
    "/cgi-bin/message/template/send": Endpoint("POST", send_template),
    "/cgi-bin/qrcode/create": Endpoint("POST", create_qr_code),
    "/cgi-bin/getcallbackip": Endpoint("GET", get_callback_ip),
    "/cgi-bin/callback/check": Endpoint("POST", check_callback),
    QUOTA: Endpoint("POST", get_quota),
    "/cgi-bin/ticket/getticket": Endpoint("GET", get_ticket),
    oauth_calls.EXCHANGE: Endpoint("GET", oauth_calls.exchange, wants_token=False),
    oauth_calls.REFRESH: Endpoint("GET", oauth_calls.refresh, wants_token=False),
    oauth_calls.USER_INFO: Endpoint("GET", oauth_calls.user_info, wants_token=False),
    oauth_calls.AUTH: Endpoint("GET", oauth_calls.auth, wants_token=False),
}

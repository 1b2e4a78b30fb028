"""Reads the requests of the page and the command from their JSON."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from chalicelib.wechat.envelopes import Mode
from simulator import pushes, saved_conversations
from simulator.events import USER
from simulator.faults import NAMED, BadAmount, Faults
from simulator.language import Language
from simulator.pushes import Push
from simulator.saved_conversations import Step

from . import menu_file, stored_data
from .conversation import Entry, Turn
from .phone import SETTINGS
from .rotation import SECRETS

_WITH_ARGUMENT: Mapping[str, Callable[[str], Push]] = {
    "say": pushes.text,
    "click": pushes.click,
    "view": pushes.view,
    "scan": pushes.scan,
    "follow": pushes.follow,
    "event": pushes.event,
}
MESSAGES: Mapping[str, Callable[[], Push]] = {
    "image": pushes.image,
    "voice": pushes.voice,
    "video": pushes.video,
    "shortvideo": pushes.shortvideo,
    "location": pushes.location,
    "link": pushes.link,
    "file": pushes.file,
}
_PLAIN: Mapping[str, Callable[[], Push]] = {"unfollow": pushes.unfollow, **MESSAGES}
_LONGEST_NAME = 20
_FUNCTION = re.compile("[A-Za-z0-9_-]+")
NO_SCHEDULES = "schedules run under make run only"


class BadRequest(ValueError):
    """A request that makes no sense. The message says why."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A push that a command wants delivered: to the backend at `url`, by an account in `mode`.

    `waits` says whether the command asks later what came late.
    """

    push: Push
    url: str
    app_id: str
    mode: Mode
    waits: bool


def language(request: Request) -> Language:
    """The one in which a command wants to be answered."""
    chinese = request.query_params.get("language") == Language.CHINESE.value
    return Language.CHINESE if chinese else Language.ENGLISH


def is_own(request: Request, kind: str = "application/json") -> bool:
    """Whether our own page or command sent it.

    A foreign page cannot send such a content type without a preflight, nor hide its origin.
    """
    sent = request.headers.get("content-type", "").partition(";")[0].strip()
    origin = request.headers.get("origin")
    own = f"http://{request.headers['host']}"
    return sent == kind and origin in (None, own)


def push(body: bytes) -> Push:
    """An action of a user: {"action": "say", "argument": "你好", "openid": …, "fields": {…}}.

    Raises BadRequest.
    """
    wanted = _object(body)
    action, argument = wanted.get("action"), wanted.get("argument", "")
    openid, fields = wanted.get("openid", USER), wanted.get("fields", {})
    if not isinstance(action, str) or not isinstance(argument, str) or not isinstance(openid, str):
        raise BadRequest("action, argument and openid are texts")
    if not isinstance(fields, dict):
        raise BadRequest("fields are an object")
    if action in _WITH_ARGUMENT:
        built = _WITH_ARGUMENT[action](argument)
    elif action in _PLAIN:
        built = _PLAIN[action]()
    else:
        raise BadRequest(f"no action {action}")
    return built.with_fields(**fields).by(openid)


def turn(body: bytes, entries: Sequence[Entry]) -> Turn:
    """The turn of an entry: {"number": 3}. Raises BadRequest."""
    number = _object(body).get("number")
    found = {each.number: each for each in entries if isinstance(each, Turn)}
    if not isinstance(number, int) or number not in found:
        raise BadRequest("there is no entry with that number")
    return found[number]


def arrival(body: bytes) -> Push:
    """A push that a command delivers: {"openid": …, "fields": {…}}. Raises BadRequest."""
    wanted = _object(body)
    openid, fields = wanted.get("openid"), wanted.get("fields")
    if not isinstance(openid, str) or not isinstance(fields, dict) or "MsgType" not in fields:
        raise BadRequest("openid is a text, fields have a MsgType")
    return Push(fields, openid)


def delivery(body: bytes) -> Delivery:
    """What a command lets the phone deliver: an arrival, and where and how. Raises BadRequest."""
    wanted, push = _object(body), arrival(body)
    url, app_id = str(wanted.get("url")), str(wanted.get("app_id"))
    return Delivery(push, url, app_id, _mode(wanted), wanted.get("wait") is True)


def switch(faults: Faults, body: bytes) -> None:
    """Turns a fault on or off: {"name": …, "on": true, "amount": 2}. Raises BadRequest."""
    wanted = _object(body)
    fault = NAMED.get(str(wanted.get("name")))
    if fault is None:
        raise BadRequest(f"no fault {wanted.get('name')}; there are {', '.join(NAMED)}")
    if wanted.get("on") is not True:
        faults.turn_off(fault)
        return
    amount = wanted.get("amount")
    if isinstance(amount, bool) or not isinstance(amount, int | float | None):
        raise BadRequest("amount is a number")
    try:
        faults.turn_on(fault, amount)
    except BadAmount as error:
        raise BadRequest(str(error)) from None


def name(body: bytes) -> str:
    """The name of a new user: {"name": "小红"}. Raises BadRequest."""
    wanted = _object(body).get("name")
    if not isinstance(wanted, str) or not 1 <= len(wanted.strip()) <= _LONGEST_NAME:
        raise BadRequest(f"a name has 1 to {_LONGEST_NAME} letters")
    return wanted.strip()


def schedule(body: bytes) -> str:
    """The name of a schedule: {"name": "morning"}. Raises BadRequest."""
    wanted = _object(body).get("name")
    if not isinstance(wanted, str) or not _FUNCTION.fullmatch(wanted):
        raise BadRequest("a schedule has a name of letters, digits, _ and -")
    return wanted


def mode(body: bytes) -> Mode:
    """A mode for the platform: {"mode": "safe"}. Raises BadRequest."""
    return _mode(_object(body))


def settings(body: bytes) -> dict[str, str]:
    """Settings for the backend: {"WECHAT_MODE": "safe"}. Raises BadRequest."""
    wanted = _object(body)
    for setting, value in wanted.items():
        if value not in SETTINGS.get(setting, []):
            raise BadRequest(f"the setting {setting} cannot be {value}")
    return wanted


def menu(body: bytes) -> dict[str, Any]:
    """The body of menu/create, or {"yaml": a file of menus}. Raises BadRequest, NotAMenu."""
    wanted = _object(body)
    text = wanted.get("yaml")
    return menu_file.read(text) if isinstance(text, str) else wanted


def stream(body: bytes) -> str | None:
    """The text of a stream: {"on": true, "text": "你好"}, or None to stop. Raises BadRequest."""
    wanted = _object(body)
    text = wanted.get("text", "你好")
    if not isinstance(text, str) or not text:
        raise BadRequest("text is a text")
    return text if wanted.get("on") is True else None


def secret(body: bytes) -> str:
    """The secret to rotate: {"name": "token"}. Raises BadRequest."""
    wanted = _object(body).get("name")
    if wanted not in SECRETS:
        raise BadRequest(f"a secret is one of {', '.join(SECRETS)}")
    return str(wanted)


def agent(body: bytes) -> tuple[str, str, str]:
    """What an agent does: {"act": "say", "openid": …, "text": "您好"}. Raises BadRequest."""
    wanted = _object(body)
    act, openid, text = (wanted.get(name, "") for name in ("act", "openid", "text"))
    if act not in ("take", "switch", "close", "say"):
        raise BadRequest("an agent can take, switch, close or say")
    if not isinstance(openid, str) or not openid:
        raise BadRequest("openid is a text")
    if not isinstance(text, str) or (act == "say" and not text):
        raise BadRequest("text is a text")
    return act, openid, text


def act(body: bytes) -> tuple[str, str]:
    """What to do with stored data: {"act": "clear", "of": openid}. Raises BadRequest."""
    wanted = _object(body)
    act, of = wanted.get("act"), wanted.get("of")
    if act not in stored_data.ACTS:
        raise BadRequest(f"an act is one of {', '.join(stored_data.ACTS)}")
    if not isinstance(of, str) or not of:
        raise BadRequest("of is an identity or an openid")
    return str(act), of


def steps(body: bytes) -> list[Step]:
    """The steps of a saved conversation. Raises BadRequest."""
    try:
        return saved_conversations.steps(_object(body))
    except saved_conversations.NotAConversation as error:
        raise BadRequest(str(error)) from None


def _mode(wanted: Mapping[str, Any]) -> Mode:
    try:
        return Mode(wanted.get("mode"))
    except ValueError:
        raise BadRequest(f"a mode is one of {', '.join(each.value for each in Mode)}") from None


def _object(body: bytes) -> dict[str, Any]:
    try:
        wanted = json.loads(body)
    except (ValueError, RecursionError):
        raise BadRequest("not JSON") from None
    if not isinstance(wanted, dict):
        raise BadRequest("not a JSON object")
    return wanted

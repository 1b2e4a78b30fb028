"""The calls of WeChat's API that keep a long text under a short key."""

import secrets
import string

from .bodies import ApiRequest
from .endpoints import DONE, Answer, Calls, posting
from .messages import required
from .refusals import Refused
from .world import World

_ALPHABET = string.ascii_letters + string.digits
_LENGTH = 15
_BYTES = 4 * 1024
_SECONDS = 30 * 24 * 3600


def make(world: World, request: ApiRequest) -> Answer:
    text = required(request.fields, "long_data")
    seconds = request.fields.get("expire_seconds", _SECONDS)
    if len(text.encode("utf-8", "replace")) > _BYTES:
        raise Refused(9410010)
    if type(seconds) is not int or not 0 < seconds <= _SECONDS:
        raise Refused(9410011)
    key = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    world.short_keys[key] = (text, int(world.clock()), seconds)
    return {**DONE, "short_key": key}


def fetch(world: World, request: ApiRequest) -> Answer:
    """The text of a key. What WeChat answers to one that has ended is not documented."""
    kept = world.short_keys.get(required(request.fields, "short_key"))
    if kept is None:
        raise Refused(47003)
    text, made, seconds = kept
    left = int(made + seconds - world.clock())
    if left <= 0:
        raise Refused(47003)
    return {**DONE, "long_data": text, "create_time": made, "expire_seconds": left}


CALLS: Calls = {
    "/cgi-bin/shorten/gen": posting(make),
    "/cgi-bin/shorten/fetch": posting(fetch),
}

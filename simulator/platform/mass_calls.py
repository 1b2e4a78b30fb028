"""The calls of WeChat's API that write to many followers at once (群发).

How it ended is an event, MASSSENDJOBFINISH, which the command `event` sends.
"""

import secrets
from collections.abc import Sequence

from . import messages
from .bodies import ApiRequest
from .endpoints import DONE, Answer, Calls, posting
from .messages import inside, required
from .refusals import Refused
from .world import World


def send_all(world: World, request: ApiRequest) -> Answer:
    """Writes to all followers, or to those with a tag, once for each `clientmsgid`."""
    message, openids = messages.read(request.fields), _receivers(world, request)
    client_id = request.fields.get("clientmsgid")
    if client_id is not None and client_id in world.mass_messages:
        raise Refused(45065)
    world.mass_messages.add(client_id)
    for openid in openids:
        world.send(world.user(openid), message)
    sent = {"msg_id": secrets.randbits(31), "msg_data_id": secrets.randbits(31)}
    return {**DONE, "errmsg": "send job submission success", **sent}


def preview(world: World, request: ApiRequest) -> Answer:
    user = world.follower(required(request.fields, "touser", 40003))
    world.send(user, messages.read(request.fields))
    return {**DONE, "errmsg": "preview success", "msg_id": secrets.randbits(31)}


def _receivers(world: World, request: ApiRequest) -> Sequence[str]:
    chosen = inside(request.fields, "filter")
    return world.followers() if chosen.get("is_to_all") else world.tags.tagged(chosen.get("tag_id"))


CALLS: Calls = {
    "/cgi-bin/message/mass/sendall": posting(send_all),
    "/cgi-bin/message/mass/preview": posting(preview),
}

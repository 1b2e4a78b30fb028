"""The calls of WeChat's API by which the account writes to a user: customer service messages."""

from . import messages
from .bodies import ApiRequest
from .endpoints import DONE, Answer, Calls, posting
from .refusals import Refused
from .world import World

SEND = "/cgi-bin/message/custom/send"
TYPING = "/cgi-bin/message/custom/typing"


def send(world: World, request: ApiRequest) -> Answer:
    user = world.user(request.fields.get("touser"))
    message = messages.read(request.fields)
    user.take_message(world.clock())
    world.send(user, message)
    return DONE


def typing(world: World, request: ApiRequest) -> Answer:
    user = world.user(request.fields.get("touser"))
    command = request.fields.get("command")
    if command not in ("Typing", "CancelTyping"):
        raise Refused(45072)
    if command == "Typing":
        user.show_typing(world.clock())
    else:
        user.hide_typing()
    return DONE


CALLS: Calls = {SEND: posting(send), TYPING: posting(typing)}

"""A reply is one that WeChat takes.

https://developers.weixin.qq.com/doc/service/guide/product/message/Passive_user_reply_message.html
"""

import time

from .. import pushes
from ..backend import Backend, Failed, said
from ..check import check
from ..delivery import Reply

KINDS = {"text", "image", "voice", "video", "music", "news", "transfer_customer_service"}


def _reply(backend: Backend) -> Reply:
    reply = backend.does(pushes.text(backend.options.ask))
    if reply is None:
        raise Failed(f"{backend.options.ask!r} got no reply; say what does with --ask")
    return reply


@check()
def reply_goes_to_the_user(backend: Backend) -> str:
    """A reply names the user as ToUserName and the account as FromUserName.

    WeChat drops one that goes elsewhere, and the user reads the fault.
    """
    user = pushes.openid()
    reply = backend.does(pushes.text(backend.options.ask), user)
    if reply is None:
        raise Failed(f"{backend.options.ask!r} got no reply; say what does with --ask")
    if (reply["ToUserName"], reply["FromUserName"]) != (user, backend.account.original_id):
        raise Failed(f"from {reply['FromUserName']!r}, and not to who wrote")
    return "to the user, from the account"


@check()
def reply_has_a_time(backend: Backend) -> str:
    """CreateTime of a reply is a whole number of seconds, about now.

    Milliseconds, or a float, are no time for WeChat.
    """
    created = _reply(backend)["CreateTime"]
    if not created.isdigit() or abs(int(created) - time.time()) > 300:
        raise Failed(f"CreateTime is {created!r}")
    return f"{created}"


@check()
def reply_is_of_a_known_kind(backend: Backend) -> str:
    """MsgType of a reply is one that WeChat knows, in small letters.

    WeChat takes seven kinds, and compares as they are written.
    """
    kind = _reply(backend)["MsgType"]
    if kind not in KINDS:
        raise Failed(f"MsgType is {kind!r}")
    return kind


@check("encrypted")
def reply_is_encrypted_as_the_push(backend: Backend) -> str:
    """An encrypted push gets an encrypted reply with a right MsgSignature.

    https://developers.weixin.qq.com/doc/service/guide/dev/push/encryption.html
    """
    _reply(backend)  # reading it checks all of that
    return "it was decrypted and verified"


@check("echo", "encrypted")
def reply_is_padded_to_32(backend: Backend) -> str:
    """Replies of every length are padded to blocks of 32 bytes.

    AES pads to 16, WeChat to 32: half of all lengths fail with the wrong one.
    """
    for length in range(1, 34):
        typed = "x" * length
        if backend.says(typed) != typed:
            raise Failed(f"a reply of {length} bytes cannot be read")
    return "33 lengths, each read"


@check()
def silence_is_success_or_nothing(backend: Backend) -> str:
    """Where there is nothing to say, the answer is `success` or nothing, and never JSON.

    Everything else shows the user the fault, `ok` and `{}` too.
    """
    reply = backend.does(pushes.event("VIEW", EventKey="https://example.com/"))
    return "silence" if reply is None else f"a reply of type {reply['MsgType']}"


@check("raises")
def a_handler_that_fails_is_no_error(backend: Backend) -> str:
    """A push whose handler raises is answered all the same, without an error status.

    The user reads the fault otherwise, for every mistake in a handler.
    """
    reply = backend.does(pushes.text(backend.options.raises or ""))
    return "silence" if reply is None else f"a reply of type {reply['MsgType']}"


@check("long")
def a_long_answer_is_not_lost(backend: Backend) -> str:
    """An answer of more than 2048 bytes is no reply that WeChat refuses.

    WeChat drops such a reply; what is too long has to be cut, or to go by the API.
    """
    user = pushes.openid()
    if backend.api:
        backend.api.wrote(user)
    reply = backend.does(pushes.text(backend.options.long or ""), user)
    if reply is not None and len(said(reply).encode()) > 2048:
        raise Failed(f"the reply has {len(reply.text.encode())} bytes; 2048 are allowed")
    if reply is None and backend.api:
        if not backend.eventually(lambda: bool(backend.heard.texts(user))):
            raise Failed("no answer, neither at once nor late")
        return f"{len(backend.heard.texts(user))} messages by the API"
    if reply is None:
        return "silence; without --api-url nobody knows what came of it"
    return f"{len(reply.text.encode())} bytes"

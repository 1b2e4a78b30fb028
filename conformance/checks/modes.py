"""The account's mode is what its console says, never what a request claims."""

from dataclasses import replace

from .. import documents, pushes
from ..account import Mode
from ..backend import Backend, Failed
from ..check import check
from ..delivery import Envelope, Fault, Wire, sealed, signed
from ..pushes import Push


def _other(backend: Backend, url: str | None, mode: Mode) -> Backend:
    account = replace(backend.account, mode=mode)
    return replace(backend, account=account, wire=Wire(url or "", backend.wire.patience))


@check("safe")
def plaintext_is_refused_in_safe_mode(backend: Backend) -> str:
    """A plaintext push to an account in safe mode is refused, however well its query is signed.

    The signature of the query covers no body, so anybody who saw one could write anything.
    """
    plain = replace(backend.account, mode=Mode.PLAINTEXT)
    push = Push(pushes.openid(), pushes.text(backend.options.ask))
    return backend.refused(backend.wire.post(sealed(plain, push)))


@check("safe")
def encrypt_type_cannot_choose(backend: Backend) -> str:
    """A push that says encrypt_type=raw, with its body in plaintext, is refused in safe mode.

    The parameter is a stranger's word; the mode is the account's.
    """
    push = Push(pushes.openid(), pushes.text(backend.options.ask))
    body = documents.write(push.document(backend.account.original_id)).encode()
    query = {**signed(backend.account), "encrypt_type": "raw", "openid": push.user}
    return backend.refused(backend.wire.post(Envelope(query, body)))


@check("compatible_url")
def compatible_mode_is_answered(backend: Backend) -> str:
    """In compatible mode a push is answered, with a reply that WeChat can read.

    Both forms travel in one body then: https://developers.weixin.qq.com/doc/service/guide/dev/push/
    """
    other = _other(backend, backend.options.compatible_url, Mode.COMPATIBLE)
    envelope = other.seal(pushes.text(backend.options.ask))
    answer = other.wire.post(envelope)
    try:
        reply = other.read(answer)
    except Fault:  # a reply in plaintext is taken in this mode, too
        plain = replace(other.account, mode=Mode.PLAINTEXT)
        reply = replace(other, account=plain).read(answer)
    if reply is None:
        raise Failed("no reply")
    return f"a reply of type {reply['MsgType']}"


@check("compatible_url", "echo")
def only_the_encrypted_part_counts(backend: Backend) -> str:
    """In compatible mode what stands beside the encrypted part is not believed.

    No signature covers the plaintext fields.
    """
    other = _other(backend, backend.options.compatible_url, Mode.COMPATIBLE)
    envelope = other.seal(pushes.text("encrypted"))
    forged = envelope.body.replace(b"<![CDATA[encrypted]]>", b"<![CDATA[forged]]>", 1)
    answer = other.wire.post(envelope.holds(forged))
    if answer.status == 200 and b"forged" in answer.body:
        raise Failed("the plaintext field was answered")
    try:
        reply = other.read(answer)
    except Fault as fault:
        return f"{fault}"
    if reply is not None and reply.text == "forged":
        raise Failed("the plaintext field was answered")
    return "the encrypted text was answered" if reply is not None else "silence"


@check("plaintext_url")
def plaintext_mode_is_answered(backend: Backend) -> str:
    """In plaintext mode a push is answered in plaintext.

    Test accounts know no other mode.
    """
    other = _other(backend, backend.options.plaintext_url, Mode.PLAINTEXT)
    reply = other.does(pushes.text(backend.options.ask))
    if reply is None:
        raise Failed("no reply")
    return f"a reply of type {reply['MsgType']}"

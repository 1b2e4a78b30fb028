"""Bodies that are broken, or made to break a reader, are refused quietly."""

import base64
import secrets
import time

from .. import crypto, documents, pushes
from ..backend import Backend, Failed
from ..check import check
from ..delivery import Envelope, around, signed
from ..pushes import Push

_BOMB = "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
BOMB = f'<!DOCTYPE xml [<!ENTITY a "ha">{_BOMB}]>'
"""A few hundred bytes that say two billion."""
FILE = '<!DOCTYPE xml [<!ENTITY x SYSTEM "file:///etc/hostname">]>'


def _sealed(backend: Backend, encrypted: str) -> Envelope:
    return around(backend.account, encrypted, signed(backend.account))


def _document(backend: Backend, content: str | None = None) -> bytes:
    push = Push(pushes.openid(), pushes.text(content or backend.options.ask))
    return documents.write(push.document(backend.account.original_id)).encode()


def _refused(backend: Backend, *envelopes: Envelope) -> str:
    return "; ".join(backend.refused(backend.wire.post(each)) for each in envelopes)


def _signed_body(backend: Backend, body: bytes) -> Envelope:
    """A body as it is, with all the signatures that a push of the account's mode has."""
    return backend.seal(pushes.text(backend.options.ask)).holds(body)


@check()
def a_body_that_is_no_xml_is_refused(backend: Backend) -> str:
    """A body that is empty, text, JSON or half a document is refused, without an error status.

    Whoever reaches the address can send it, and alarms should not ring.
    """
    bodies = (b"", b"hello", b'{"MsgType": "text"}', b"<xml><Encrypt>", b"\xff\xfe\x00")
    return _refused(backend, *(_signed_body(backend, body) for body in bodies))


@check()
def another_root_is_refused(backend: Backend) -> str:
    """A document without the elements of a push is refused, without an error status.

    A reader that takes an element without looking whether it is there fails with 500.
    """
    bodies = (b"<html><body/></html>", b"<xml></xml>", b"<xml><a><b/></a></xml>")
    return _refused(backend, *(_signed_body(backend, body) for body in bodies))


@check("encrypted")
def what_is_no_base64_is_refused(backend: Backend) -> str:
    """A signed push whose Encrypt is no base64, or no whole block, is refused.

    Only who knows the token can sign it, but tokens leak.
    """
    broken = ("%%%", "汉字", "", "AAAA", "A" * 43)
    return _refused(backend, *(_sealed(backend, each) for each in broken))


@check("encrypted")
def a_changed_byte_is_refused(backend: Backend) -> str:
    """A push with one changed byte in what is encrypted is refused, whichever it is.

    msg_signature covers all of it.
    """
    envelope = backend.seal(pushes.text("x" * 400))
    encrypted = documents.read(envelope.body).findtext("Encrypt") or ""
    sealed = base64.b64decode(encrypted)
    for at in (0, *range(240, 480, 16), len(sealed) - 1):
        changed = bytes([*sealed[:at], sealed[at] ^ 1, *sealed[at + 1 :]])
        body = envelope.body.replace(encrypted.encode(), base64.b64encode(changed))
        backend.refused(backend.wire.post(envelope.holds(body)))
    return "17 places, each refused"


@check("encrypted")
def wrong_padding_is_refused(backend: Backend) -> str:
    """A push whose padding is no PKCS#7 in blocks of 32 bytes is refused, without an error status.

    Every byte of it counts; what looks only at the last one takes what was tampered with.
    """
    account, message = backend.account, _document(backend)
    whole = secrets.token_bytes(16) + len(message).to_bytes(4, "big")
    whole += message + account.app_id.encode()
    room = 32 - len(whole) % 32
    wrong = (
        bytes(room),
        b"\x00" * (room - 1) + bytes([room]) if room > 1 else b"\x02" * 33,
        bytes([room]) * (room - 1) + b"\xff",
    )
    return _refused(
        backend,
        *(_sealed(backend, crypto.encrypt_raw(account.key, whole + each)) for each in wrong),
    )


@check("encrypted")
def a_wrong_length_is_refused(backend: Backend) -> str:
    """A push whose inner length says more or less than there is, is refused.

    The AppID is then not where the length says, or the message is cut.
    """
    account, message = backend.account, _document(backend)
    lengths = (len(message) - 3, len(message) + 3, 0, 2**31, 2**32 - 1)
    return _refused(
        backend,
        *(
            _sealed(backend, crypto.encrypt(account.key, message, account.app_id, length=each))
            for each in lengths
        ),
    )


@check("encrypted")
def real_padding_is_taken(backend: Backend) -> str:
    """Pushes of every length are read: WeChat's padding has 1 to 32 bytes.

    A reader that insists on blocks of 16 refuses half of all real pushes.
    """
    for length in range(1, 34):
        if backend.does(pushes.text("x" * length)) is None and backend.options.echo:
            raise Failed(f"a text of {length} bytes got no reply")
    return "33 lengths, each taken"


def _expanded(backend: Backend, doctype: str, entity: str) -> tuple[Envelope, Envelope]:
    """The document type around the envelope, and inside what is encrypted."""
    envelope = backend.seal(pushes.text(backend.options.ask))
    outside = envelope.holds(doctype.encode() + envelope.body)
    document = _document(backend, "ENTITY").replace(b"<![CDATA[ENTITY]]>", entity.encode())
    if "msg_signature" not in envelope.query:
        return outside, envelope.holds(doctype.encode() + document)
    account = backend.account
    encrypted = crypto.encrypt(account.key, doctype.encode() + document, account.app_id)
    return outside, _sealed(backend, encrypted)


@check()
def a_bomb_does_not_go_off(backend: Backend) -> str:
    """A document that says billions in few bytes is turned away in half the time that WeChat waits.

    Billion laughs; a function that reads it runs out of memory, or of time.
    """
    seen = []
    for envelope in _expanded(backend, BOMB, "&j;"):
        answer = backend.wire.post(envelope)
        if answer.seconds > backend.wire.patience / 2 or answer.status >= 500 or not answer.status:
            raise Failed(answer.shown())
        if len(answer.body) > 10000:
            raise Failed(f"it was expanded: {len(answer.body)} bytes")
        seen.append(answer.shown())
    return "; ".join(seen)


@check()
def a_file_is_not_read(backend: Backend) -> str:
    """An external entity is not fetched, and not answered.

    XXE: the answer would hold a file of the server, or its credentials. WeChat's own SDK for
    payments had this fault in 2018.
    """
    try:
        with open("/etc/hostname", encoding="utf-8") as file:  # noqa: PTH123
            secret = file.read().strip().encode()
    except OSError:
        secret = b""
    seen = []
    for envelope in _expanded(backend, FILE, "&x;"):
        answer = backend.wire.post(envelope)
        if answer.status >= 500 or not answer.status:
            raise Failed(answer.shown())
        if backend.options.echo and answer.status == 200 and "msg_signature" in envelope.query:
            reply = backend.read(answer)
            if reply is not None and secret and secret.decode() in reply.text:
                raise Failed("the reply holds a file of the server")
        if secret and len(secret) > 3 and secret in answer.body:
            raise Failed("the answer holds a file of the server")
        seen.append(answer.shown())
    return "; ".join(seen)


@check()
def a_huge_body_is_refused(backend: Backend) -> str:
    """A body of two megabytes is refused in half the time that WeChat waits.

    No push is so long; reading it costs memory and time that pushes need.
    """
    body = b"<xml><Encrypt>" + b"A" * (2 << 20) + b"</Encrypt></xml>"
    answer = backend.wire.post(_signed_body(backend, body))
    if answer.seconds > backend.wire.patience / 2:
        raise Failed(answer.shown())
    return backend.refused(answer)


@check()
def any_content_type_is_taken(backend: Backend) -> str:
    """A push is read whatever its Content-Type says.

    WeChat sends text/xml; proxies and test tools of WeChat's send others, and none.
    """
    fields = pushes.text(backend.options.ask)
    for kind in ("text/xml", "application/xml", "text/plain", "text/xml; charset=utf-8"):
        envelope = backend.seal({**fields, "MsgId": pushes.msg_id()})
        answer = backend.wire.post(Envelope(envelope.query, envelope.body, content_type=kind))
        if answer.status != 200:
            raise Failed(f"Content-Type {kind}: {answer.shown()}")
        backend.read(answer)
    return "four content types"


@check(alone=True)
def after_all_that_it_answers(backend: Backend) -> str:
    """After a burst of broken requests a real push is answered as quickly as before.

    Nothing that strangers send may hold up who writes to the account.
    """
    for _ in range(20):
        envelope = backend.seal(pushes.text(backend.options.ask))
        backend.wire.post(envelope.asks(signature="0", msg_signature="0"))
    began = time.monotonic()
    backend.says(backend.options.ask)
    return f"answered in {time.monotonic() - began:.2f} s"

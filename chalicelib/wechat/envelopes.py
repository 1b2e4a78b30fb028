"""Verifies a push before reading it, and encrypts the reply with the token and key that fitted.

    GET    signature = sign(token, timestamp, nonce)                   covers all but echostr
    POST   plaintext    the same signature; it does not cover the body
           compatible   msg_signature over Encrypt; the plain fields beside it are ignored
           safe         msg_signature over Encrypt; there is nothing beside it

Tokens and keys come as lists, the current one first, because 微信开发者平台 and our
parameters never change at the same instant.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from hashlib import sha256
from typing import NamedTuple, TypeAlias, TypeVar

from . import parsing, signatures, xml
from .encryption import EncodingAesKey
from .errors import Malformed, Refused, SignatureWrong, Undecryptable, Unreadable
from .messages import Message, Push
from .passive import passive_xml
from .replies import PassiveReply
from .xml import Fields

T = TypeVar("T")

LARGEST_BODY = 64 * 1024
"""Most bytes of a body; WeChat's own are far smaller."""
CLOCK_TOLERANCE = 300
"""Seconds that a push's timestamp may be off."""

_ENCRYPT = xml.text_of("Encrypt")
_TIMESTAMP = re.compile(r"[0-9]{1,12}\Z")


class Mode(Enum):
    """How 微信开发者平台 is set to send pushes (消息加解密方式)."""

    PLAINTEXT = "plaintext"
    COMPATIBLE = "compatible"
    SAFE = "safe"


class Query(NamedTuple):
    """The query parameters that a signature needs; missing ones are empty."""

    signature: str = ""
    timestamp: str = ""
    nonce: str = ""
    msg_signature: str = ""
    echostr: str = ""

    @classmethod
    def read(cls, parameters: Mapping[str, Sequence[str]]) -> "Query":
        """Picks our parameters out of the query. Raises Refused when one of them came twice."""
        values = {}
        for name in cls._fields:
            if given := parameters.get(name):
                if len(given) > 1:
                    raise Refused(f"repeated_{name}")
                values[name] = given[0]
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What verifies a push; each list has the current one first, `keys` may be empty."""

    app_id: str = field(repr=False)
    tokens: Sequence[str] = field(repr=False)
    keys: Sequence[EncodingAesKey] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Seal:
    """The token and key that fitted an encrypted push, and that seal its reply."""

    token: str = field(repr=False)
    key: EncodingAesKey = field(repr=False)
    app_id: str = field(repr=False)
    nonce: str = field(repr=False)

    def close(self, reply: str, timestamp: int) -> str:
        """The encrypted XML of a `reply`; `timestamp` in epoch seconds."""
        encrypted = self.key.encrypt(reply.encode(), self.app_id)
        signature = signatures.sign(self.token, str(timestamp), self.nonce, encrypted)
        return (
            f"<xml><Encrypt>{encrypted}</Encrypt><MsgSignature>{signature}</MsgSignature>"
            f"<TimeStamp>{timestamp}</TimeStamp><Nonce>{xml.cdata(self.nonce)}</Nonce></xml>"
        )


class PushResponse(NamedTuple):
    """What WeChat gets for a push, with status 200."""

    body: str
    content_type: str


SUCCESS = PushResponse("success", "text/plain")
"""Says nothing to the user; WeChat shows no fault and does not deliver again."""


class Opened(NamedTuple):
    """A verified push; `superseded` when an older token or key was needed.

    `signed` is when WeChat first sent it, in epoch seconds.
    """

    push: Push
    identity: str
    signed: int
    seal: Seal | None
    superseded: bool

    def respond(self, reply: PassiveReply, now: float) -> PushResponse:
        """`reply` in WeChat's format, encrypted if the push was; `now` in epoch seconds."""
        document = passive_xml(reply, self.push, int(now))
        if self.seal:
            document = self.seal.close(document, int(now))
        return PushResponse(document, "application/xml")


CurrentCredentials: TypeAlias = Callable[[], Credentials]
"""Called only for requests that may verify, because it may have to wait for secrets."""


def verify(query: Query, current: CurrentCredentials, now: float) -> str:
    """The echostr of a verification request (GET) that verifies at `now` (epoch seconds).

    Raises Refused.
    """
    if not query.signature or not query.echostr:
        raise Refused("signature_or_echostr_missing")
    _check_timestamp(query, now)
    _position_of_token(query.signature, query, current().tokens)
    return query.echostr


def open_push(
    body: bytes, query: Query, mode: Mode, current: CurrentCredentials, now: float
) -> Opened:
    """Verifies and reads the push in `body`, for an account in `mode` at `now` (epoch seconds).

    Raises Refused, Malformed or Undecryptable before the push is verified, Unreadable after that.
    """
    _check_timestamp(query, now)
    if mode is Mode.PLAINTEXT:
        return _open_plain(body, query, current)
    return _open_encrypted(body, query, mode, current)


def _open_plain(body: bytes, query: Query, current: CurrentCredentials) -> Opened:
    if not query.signature:
        raise Refused("signature_missing")
    position = _position_of_token(query.signature, query, current().tokens)
    fields = _read(xml.read, body)
    if "MsgType" not in fields:
        raise Refused("mode")
    return _opened(fields, body, query, None, superseded=position > 0)


def _open_encrypted(body: bytes, query: Query, mode: Mode, current: CurrentCredentials) -> Opened:
    if not query.msg_signature:
        raise Refused("not_encrypted")
    if len(body) > LARGEST_BODY:
        raise Malformed("too_large")
    # Reading a document costs up to a hundred times as much as this, and anybody can send one.
    if not xml.may_be_read(body):
        raise Malformed("not_xml")
    found = xml.texts_of(_ENCRYPT, body)
    if not found:
        raise Refused("mode")
    credentials = current()
    token, encrypted = _signed(found, query, credentials.tokens)
    if mode is Mode.SAFE and b"MsgType" in body and "MsgType" in _read(xml.read_flat, body):
        raise Refused("mode")
    key, message = _decrypt(encrypted, credentials)
    seal = Seal(credentials.tokens[token], credentials.keys[key], credentials.app_id, query.nonce)
    try:
        inner = xml.read(message)
    except xml.NotXml:
        raise Unreadable("not_xml") from None
    return _opened(inner, message, query, seal, superseded=token > 0 or key > 0)


def _opened(
    fields: Fields, body: bytes, query: Query, seal: Seal | None, *, superseded: bool
) -> Opened:
    push = parsing.from_fields(fields)
    return Opened(push, identity(push, body), int(query.timestamp), seal, superseded)


def identity(push: Push, body: bytes) -> str:
    """The id of a push, which stays the same when WeChat delivers the push again.

    It is a digest, so that it may be logged: of sender and MsgId, or of an event's whole body.
    """
    msg_id = push.fields.get("MsgId") if isinstance(push, Message) else None
    named = f"{push.from_user_name} {msg_id}".encode() if msg_id else body
    return sha256(named).hexdigest()


def _read(read: Callable[[bytes], T], body: bytes) -> T:
    if len(body) > LARGEST_BODY:
        raise Malformed("too_large")
    try:
        return read(body)
    except xml.NotXml:
        raise Malformed("not_xml") from None


def _check_timestamp(query: Query, now: float) -> None:
    # Only the query's timestamp counts; a redelivery repeats it some seconds later.
    if not _TIMESTAMP.match(query.timestamp):
        raise Refused("timestamp")
    if abs(int(query.timestamp) - now) > CLOCK_TOLERANCE:
        raise Refused("timestamp")


def _signed(found: Sequence[str], query: Query, tokens: Sequence[str]) -> tuple[int, str]:
    """The ciphertext that is signed, and its token; in compatible mode a user can type others."""
    for encrypted in found[1:]:
        with suppress(SignatureWrong):
            return _position_of_token(query.msg_signature, query, tokens, encrypted), encrypted
    return _position_of_token(query.msg_signature, query, tokens, found[0]), found[0]


def _position_of_token(signature: str, query: Query, tokens: Sequence[str], *encrypted: str) -> int:
    for position, token in enumerate(tokens):
        if signatures.fits(signature, token, query.timestamp, query.nonce, *encrypted):
            return position
    raise SignatureWrong("signature_wrong")


def _decrypt(encrypted: str, credentials: Credentials) -> tuple[int, bytes]:
    failure = Undecryptable("no_key")
    for position, key in enumerate(credentials.keys):
        try:
            return position, key.decrypt(encrypted, credentials.app_id)
        except Undecryptable as error:
            failure = error
    raise failure

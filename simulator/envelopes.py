"""Signs a push, encrypts it as the account's mode says, and decrypts the reply.

    plaintext    the fields
    compatible   the fields, and all of them again, encrypted
    safe         ToUserName, and all of the fields encrypted

Every delivery of a push has the same envelope.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from xml.etree import ElementTree

from chalicelib.wechat import signatures
from chalicelib.wechat.encryption import EncodingAesKey
from chalicelib.wechat.envelopes import Mode
from chalicelib.wechat.errors import Undecryptable

from . import xml
from .account import Account
from .outcome import BadReply, Failure
from .pushes import Push


@dataclass(frozen=True, slots=True)
class Sealed:
    """A push as it travels, the same for each delivery. `plain` is its unencrypted document."""

    query: Mapping[str, str]
    body: str
    plain: str


def seal(account: Account, push: Push, now: float) -> Sealed:
    """`push`, signed at `now` (epoch seconds) and encrypted as the account's mode says."""
    push = _with_app_id(account, push)
    plain = push.xml(account.original_id)
    query = {**signed_query(account, now), "openid": push.from_user_name}
    if account.mode is Mode.PLAINTEXT:
        return Sealed(query, plain, plain)
    encrypted = _key(account).encrypt(plain.encode("utf-8", "replace"), account.app_id)
    query["encrypt_type"] = "aes"
    query["msg_signature"] = signatures.sign(
        account.token, query["timestamp"], query["nonce"], encrypted
    )
    return Sealed(query, _body(account, push, encrypted), plain)


def signed_query(account: Account, now: float) -> dict[str, str]:
    """The query that signs a request of WeChat made at `now` (epoch seconds)."""
    timestamp = str(int(now))
    nonce = str(secrets.randbelow(10**10))
    signature = signatures.sign(account.token, timestamp, nonce)
    return {"signature": signature, "timestamp": timestamp, "nonce": nonce}


def open_reply(account: Account, body: bytes) -> bytes:
    """The document of a passive reply, decrypted if needed. Raises BadReply."""
    root = parse(body)
    encrypted = root.findtext("Encrypt")
    if encrypted is None:
        if account.mode is Mode.SAFE:
            raise BadReply(Failure.NOT_ENCRYPTED)
        return body
    signed = [root.findtext(name, "") for name in ("TimeStamp", "Nonce")]
    signature = signatures.sign(account.token, *signed, encrypted)
    if root.findtext("MsgSignature") != signature:
        raise BadReply(Failure.BAD_SIGNATURE)
    try:
        return _key(account).decrypt(encrypted, account.app_id)
    except Undecryptable:
        raise BadReply(Failure.UNDECRYPTABLE) from None


def parse(document: bytes) -> ElementTree.Element:
    """The root of a document, which must be well-formed. Raises BadReply."""
    try:
        root = ElementTree.fromstring(document)  # noqa: S314  # from our own backend
    except (ElementTree.ParseError, ValueError, LookupError):
        raise BadReply(Failure.NOT_A_REPLY) from None
    if root.tag != "xml":
        raise BadReply(Failure.NOT_A_REPLY)
    return root


def _with_app_id(account: Account, push: Push) -> Push:
    """`push`, with the account's AppID if it has an empty field for it."""
    if push.fields.get("AppID") == "":
        return push.with_fields(AppID=account.app_id)
    return push


def _body(account: Account, push: Push, encrypted: str) -> str:
    if account.mode is Mode.COMPATIBLE:
        return replace(push, fields={**push.fields, "Encrypt": encrypted}).xml(account.original_id)
    fields = {"ToUserName": account.original_id, "Encrypt": encrypted}
    return xml.render(fields, xml.split_cdata)


def _key(account: Account) -> EncodingAesKey:
    return EncodingAesKey(account.encoding_aes_key)

"""How the reference backend reads a push, and how it can misread one."""

import base64
import re
import time
from hashlib import sha256
from xml.etree import ElementTree

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from conformance import crypto, documents
from conformance.account import Account


def parsed(document: bytes, broken: str) -> ElementTree.Element:
    """Raises ValueError."""
    if b"<!DOCTYPE" in document:
        if broken == "expands entities":
            time.sleep(1.3)
        elif broken == "errors for entities":
            raise KeyError("DOCTYPE")
        raise ValueError("a document type")
    loose = broken == "signature of the query only"
    text = document.decode("utf-8", "replace" if loose else "strict")
    if broken != "strict XML":
        text = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", text)
    root = documents.read(text.encode())
    if root.find("Encrypt") is None and not root.findtext("FromUserName"):
        raise ValueError("no push")
    return root


def loosely(account: Account, encrypted: str, broken: str) -> bytes:
    """What is decrypted with one look too few. Raises Unreadable."""

    try:
        decryptor = Cipher(AES(account.key), CBC(account.key[:16])).decryptor()
        whole = decryptor.update(base64.b64decode(encrypted, validate=True)) + decryptor.finalize()
    except ValueError as error:
        raise crypto.Unreadable(str(error)) from None
    app_id = account.app_id.encode()
    if broken == "any length" and (end := whole.rfind(app_id)) > 0:
        return whole[20:end]
    if broken == "AppID by its beginning":
        whole = whole[: -whole[-1]]
    length = int.from_bytes(whole[16:20], "big")
    if not whole[20 + length :].startswith(app_id):
        raise crypto.Unreadable("AppID")
    return whole[20 : 20 + length]


def identity(document: ElementTree.Element, broken: str) -> str:
    user, msg_id = document.findtext("FromUserName"), document.findtext("MsgId")
    created = document.findtext("CreateTime")
    if broken == "MsgId alone" and msg_id:
        return msg_id
    if broken == "MsgId as a float" and msg_id:
        return f"{user} {float(msg_id)}"
    if broken == "one push a second" and document.findtext("EventKey") == "B":
        raise KeyError(created)
    if broken == "user and second":
        return f"{user} {created} {document.findtext('Event')}"
    if msg_id:
        return f"{user} {msg_id}"
    return sha256(ElementTree.tostring(document)).hexdigest()

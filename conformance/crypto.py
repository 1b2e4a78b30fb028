"""Signatures and encryption of pushes, with what can be wrong in them.

https://developers.weixin.qq.com/doc/service/guide/dev/push/encryption.html
"""

import base64
import secrets
from hashlib import sha1

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

BLOCK = 32
"""Bytes to a multiple of which WeChat pads, although AES needs 16 only."""


class Unreadable(Exception):
    """It cannot be decrypted; the message says why."""


def sign(*parts: str) -> str:
    """The hexadecimal SHA-1 of the sorted parts."""
    return sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def padding(length: int) -> bytes:
    """What follows `length` bytes: 1 to 32 bytes that each say how many they are."""
    missing = BLOCK - length % BLOCK
    return bytes([missing]) * missing


def encrypt(
    key: bytes, message: bytes, app_id: str, *, length: int | None = None, pad: bytes | None = None
) -> str:
    """`message` in base64; `length` and `pad` replace what WeChat would write."""
    said = len(message) if length is None else length
    whole = secrets.token_bytes(16) + said.to_bytes(4, "big") + message + app_id.encode()
    return encrypt_raw(key, whole + (padding(len(whole)) if pad is None else pad))


def encrypt_raw(key: bytes, whole: bytes) -> str:
    """Whole blocks in base64."""
    encryptor = Cipher(AES(key), CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(whole) + encryptor.finalize()).decode()


def decrypt(key: bytes, encrypted: str, app_id: str) -> bytes:
    """The message. Raises Unreadable."""
    try:
        sealed = base64.b64decode(encrypted, validate=True)
        decryptor = Cipher(AES(key), CBC(key[:16])).decryptor()
        whole = decryptor.update(sealed) + decryptor.finalize()
    except ValueError as error:
        raise Unreadable(f"it is not AES in base64: {error}") from None
    if len(whole) % BLOCK:
        raise Unreadable(f"{len(whole)} bytes are no multiple of {BLOCK}")
    pad = whole[-1] if whole else 0
    if not 1 <= pad <= BLOCK or whole[-pad:] != bytes([pad]) * pad:
        raise Unreadable("the padding is not PKCS#7 in blocks of 32 bytes")
    length = int.from_bytes(whole[16:20], "big")
    message, sender = whole[20 : 20 + length], whole[20 + length : -pad]
    if sender != app_id.encode():
        raise Unreadable("the AppID after the message is not the account's")
    return message

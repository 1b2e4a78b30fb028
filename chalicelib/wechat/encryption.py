"""Encrypts and decrypts: AES-256-CBC over random ‖ length ‖ message ‖ appid, padded to 32 bytes.

https://developers.weixin.qq.com/doc/service/guide/dev/push/encryption.html
"""

import base64
import binascii
import os
import re
import struct

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from .errors import Undecryptable

KEY_CHARACTERS = 43

_KEY = re.compile("[A-Za-z0-9+/]*")
_BLOCK = 32
_PADDINGS = [bytes([size]) * size for size in range(_BLOCK + 1)]
_RANDOM = 16
_HEADER = _RANDOM + 4


class BadKey(ValueError):
    """An encoding_aes_key that is not 43 characters of base64; the message never holds the key."""


class EncodingAesKey:
    """The account's encoding_aes_key, ready to decrypt pushes and to encrypt replies.

    Raises BadKey unless `text` is 43 base64 characters, which make 32 bytes of key.
    """

    __slots__ = ("_cipher",)

    def __init__(self, text: str) -> None:
        if len(text) != KEY_CHARACTERS:
            raise BadKey(f"an encoding_aes_key has {KEY_CHARACTERS} characters, not {len(text)}")
        if not _KEY.fullmatch(text):
            raise BadKey("an encoding_aes_key holds only A-Z, a-z, 0-9, + and /")
        key = base64.b64decode(text + "=")
        self._cipher = Cipher(AES(key), CBC(key[:16]))

    def encrypt(self, message: bytes, app_id: str) -> str:
        """Encrypts `message` for the account `app_id`, as base64 for an `Encrypt` element."""
        length = struct.pack(">I", len(message))
        plain = os.urandom(_RANDOM) + length + message + app_id.encode()
        plain += _PADDINGS[_BLOCK - len(plain) % _BLOCK]
        encryptor = self._cipher.encryptor()
        return base64.b64encode(encryptor.update(plain) + encryptor.finalize()).decode()

    def decrypt(self, encrypted: str, app_id: str) -> bytes:
        """The message inside an `Encrypt` element.

        Raises Undecryptable when the base64, the length or any byte of the padding is wrong, and
        when the message is for another account.
        """
        plain = self._unpad(self._decrypt_blocks(encrypted))
        end = _HEADER + int.from_bytes(plain[_RANDOM:_HEADER], "big")
        if len(plain) < _HEADER or end > len(plain):
            raise Undecryptable("length")
        if plain[end:] != app_id.encode():
            raise Undecryptable("app_id")
        return plain[_HEADER:end]

    def _decrypt_blocks(self, encrypted: str) -> bytes:
        try:
            blocks = base64.b64decode(encrypted, validate=True)
        except (binascii.Error, ValueError):
            raise Undecryptable("base64") from None
        if not blocks or len(blocks) % _BLOCK:
            raise Undecryptable("blocks")
        decryptor = self._cipher.decryptor()
        return decryptor.update(blocks) + decryptor.finalize()

    @staticmethod
    def _unpad(plain: bytes) -> bytes:
        size = plain[-1]
        if not 1 <= size <= _BLOCK or plain[-size:] != _PADDINGS[size]:
            raise Undecryptable("padding")
        return plain[:-size]

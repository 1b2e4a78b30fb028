"""Encrypts the tokens of users before they are stored, each for its openid alone.

A sealed text names its format and the version of its key, `1:3:…`. SSM keeps every version, so
old texts can still be opened; using one seals it again with the current key. The cipher is
AES-256-GCM, with the openid and the purpose of the text as associated data.
"""

import os
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .. import formats
from ..credentials.refreshed import Refreshed
from ..credentials.values import log_missing, own_key
from ..ports import Parameter, Parameters, Unavailable

REFRESH_TOKEN_KEY = "refresh-token-key"
FORMAT = 1
_NONCE = 12


class Unsealable(Exception):
    """It was sealed for another openid or purpose, altered, or its key is gone."""


class Key(NamedTuple):
    version: int
    secret: bytes


class Sealer(Refreshed[Key]):
    """Seals with the current refresh-token-key, and opens with the version that sealed."""

    def __init__(self, parameters: Parameters, clock: Callable[[], float] = time.time) -> None:
        super().__init__(parameters, clock)
        self._older: dict[int, Key] = {}

    def seal(self, text: str, openid: str, purpose: str) -> str:
        """Encrypts `text` for one openid and purpose. Raises Unavailable."""
        key = self._current()
        nonce = os.urandom(_NONCE)
        sealed = AESGCM(key.secret).encrypt(nonce, text.encode(), _bound_in(openid, purpose))
        return f"{FORMAT}:{key.version}:{urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, openid: str, purpose: str) -> str:
        """Decrypts what `seal` made for the openid. Raises Unsealable, or Unavailable."""
        try:
            format_, version, text = sealed.split(":")
            formats.check({"format": format_}, FORMAT)
            key = self._version(int(version))
            raw = urlsafe_b64decode(text)
            opened = AESGCM(key.secret).decrypt(
                raw[:_NONCE], raw[_NONCE:], _bound_in(openid, purpose)
            )
        except (ValueError, InvalidTag):
            raise Unsealable from None
        return opened.decode()

    def is_current(self, sealed: str) -> bool:
        """Whether the current key sealed it. Raises Unavailable."""
        return sealed.startswith(f"{FORMAT}:{self._current().version}:")

    def _version(self, version: int) -> Key:
        current = self._current()
        if version == current.version:
            return current
        if version not in self._older:
            found = self._parameters.read([f"{REFRESH_TOKEN_KEY}:{version}"])
            if not found:
                raise Unsealable
            self._older[version] = _key(found[0])
        return self._older[version]

    def _fetched(self, now: float) -> Key:
        found = self._parameters.read([REFRESH_TOKEN_KEY])
        if not found:
            log_missing(REFRESH_TOKEN_KEY)
            raise Unavailable("a parameter is missing")
        return _key(found[0])


def _key(parameter: Parameter) -> Key:
    """Raises Unavailable for a malformed key, because an operator can fix it."""
    try:
        return Key(parameter.version, own_key(parameter.value))
    except ValueError:
        raise Unavailable(f"{parameter.name} is not URL-safe base64 of 32 bytes") from None


def _bound_in(openid: str, purpose: str) -> bytes:
    return f"{purpose}\0{openid}".encode()

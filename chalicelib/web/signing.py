"""Signs what a browser brings back, for one purpose and until one moment.

The keys come from SSM and rotate while people are signed in. A signature by an earlier version of
a key stays valid until what it signed ends.
"""

import time
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer

from ..credentials.history import Histories
from ..credentials.refreshed import Refreshed
from ..credentials.values import log_malformed, log_missing, own_key
from ..ports import Parameter, Parameters, Unavailable
from ..users.profiles import SESSION_SECONDS

COOKIE_KEY = "cookie-key"
TICKET_KEY = "ticket-key"
FORMAT = 1
TICKET_SECONDS = 600
"""Seconds for which a binding link is valid."""


class InvalidToken(Exception):
    """We did not sign it, it has another purpose, it has ended, or a later release wrote it."""


class SiteKeys(Refreshed[Mapping[str, list[bytes]]]):
    """The keys that sign cookies and tickets, each with its oldest version first.

    They are read again every minute. A process accepts what a retired key signed until it reads
    that the key was retired.
    """

    refresh = pause = 60

    def __init__(self, parameters: Parameters, clock: Callable[[], float] = time.time) -> None:
        super().__init__(parameters, clock)
        graces = {COOKIE_KEY: SESSION_SECONDS, TICKET_KEY: TICKET_SECONDS}
        self._histories = Histories(parameters, graces)

    def _fetched(self, now: float) -> Mapping[str, list[bytes]]:
        histories = self._histories.read(now)
        return {name: _keys(name, history) for name, history in histories.items()}

    def of(self, name: str) -> list[bytes]:
        """The versions of the key `name`. Raises Unavailable when there is none."""
        keys = self._current()[name]
        if not keys:
            raise Unavailable(f"the parameter {name} is missing or malformed")
        return keys


class Signer:
    """Signs with the newest version of the key `name`, for one `purpose`."""

    def __init__(
        self, keys: SiteKeys, name: str, purpose: str, clock: Callable[[], float] = time.time
    ) -> None:
        self._keys = keys
        self._name = name
        self._purpose = purpose
        self._clock = clock

    def sign(self, values: Mapping[str, Any], until: float) -> str:
        """A text for cookies and URLs, valid `until` (epoch seconds). Raises Unavailable."""
        return signed(self._keys.of(self._name), self._purpose, values, until)

    def open(self, text: str) -> dict[str, Any]:
        """The signed values. Raises InvalidToken, or Unavailable."""
        if not text:
            raise InvalidToken
        generation = self._keys.generation
        try:
            values = self._opened(text)
        except BadSignature:
            if not self._keys.look_again(generation):
                raise InvalidToken from None
            try:
                values = self._opened(text)
            except BadSignature:
                raise InvalidToken from None
        if values["until"] < self._clock() or values["format"] > FORMAT:
            raise InvalidToken
        return values

    def _opened(self, text: str) -> dict[str, Any]:
        values: dict[str, Any] = _serializer(self._keys.of(self._name), self._purpose).loads(text)
        return values


def signed(keys: list[bytes], purpose: str, values: Mapping[str, Any], until: float) -> str:
    """The values, signed with the last of the keys, valid `until` (epoch seconds)."""
    return str(_serializer(keys, purpose).dumps({**values, "until": until, "format": FORMAT}))


def _serializer(keys: list[bytes], purpose: str) -> URLSafeSerializer:
    options = {"key_derivation": "hmac", "digest_method": sha256}
    return URLSafeSerializer(keys, salt=f"wechalice {purpose}", signer_kwargs=options)


def _keys(name: str, history: list[Parameter]) -> list[bytes]:
    keys: list[bytes] = []
    for parameter in reversed(history):
        try:
            keys.append(own_key(parameter.value))
        except ValueError as error:
            log_malformed(parameter, str(error))
    if not history:
        log_missing(name)
    return keys

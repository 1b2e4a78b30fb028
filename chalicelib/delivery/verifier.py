"""Verifies requests with the secrets in memory, or with newer ones from SSM."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple, TypeVar

from .. import log
from ..credentials.push_secrets import PushSecrets
from ..ports import Unavailable
from ..wechat import envelopes
from ..wechat.envelopes import Credentials, CurrentCredentials, Mode, Opened, Query
from ..wechat.errors import PushError, Refused, SignatureWrong, Undecryptable, Unreadable

T = TypeVar("T")

DOCTOR = "doctor"
"""A parameter of what `ops doctor` sends; anybody may add it, and only the log differs."""


class Delivery(NamedTuple):
    """A push as the gateway delivered it.

    `arrival` and `lease` are in epoch seconds; at `lease` the function is certainly dead.
    """

    query: Mapping[str, Sequence[str]]
    body: bytes
    arrival: float
    lease: float


class PushVerifier:
    """Lets only WeChat's own pushes through to the handlers."""

    def __init__(
        self,
        mode: Mode,
        secrets: PushSecrets,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._mode = mode
        self._secrets = secrets
        self._clock = clock
        self._sleep = sleep
        self._rejections = log.Rejections(clock)

    def verify(self, query: Mapping[str, Sequence[str]], deadline: float) -> str:
        """The echostr that answers 微信开发者平台 (GET). Raises Refused."""
        try:
            read = Query.read(query)
            return self._verified(
                lambda current: envelopes.verify(read, current, self._clock()), deadline
            )
        except Refused as error:
            self._log(error, query)
            raise
        except Unavailable:
            raise Refused("secrets_unavailable") from None

    def open(self, delivery: Delivery, deadline: float) -> Opened:
        """The push inside a delivery (POST).

        Raises PushError for a push that is turned away, and logs and counts it. Raises Unavailable
        when no read of the secrets succeeds by `deadline`.
        """
        try:
            opened = self._open(delivery, deadline)
        except PushError as error:
            self._log(error, delivery.query)
            raise
        self._rejections.write()
        return opened

    def _log(self, error: PushError, query: Mapping[str, Sequence[str]]) -> None:
        if DOCTOR in query:
            self._rejections.add(error.metric, f"{DOCTOR}_{error.reason}")
        elif isinstance(error, Unreadable):
            log.error("an authentic push cannot be read", {error.metric: 1}, reason=error.reason)
        else:
            self._rejections.add(error.metric, error.reason)

    def _open(self, delivery: Delivery, deadline: float) -> Opened:
        query = Query.read(delivery.query)
        generation = self._secrets.generation

        def attempt(current: CurrentCredentials) -> Opened:
            return envelopes.open_push(delivery.body, query, self._mode, current, delivery.arrival)

        opened = self._verified(attempt, deadline)
        if opened.superseded:
            with suppress(Unavailable):
                if self._secrets.look_again(generation):
                    return attempt(self._secrets.credentials)  # it may have been retired just now
        return opened

    def _verified(self, attempt: Callable[[CurrentCredentials], T], deadline: float) -> T:
        generation = self._secrets.generation
        try:
            return attempt(lambda: self._credentials(deadline))
        except (SignatureWrong, Undecryptable):
            if not self._secrets.look_again(generation):
                raise
            return attempt(self._secrets.credentials)

    def _credentials(self, deadline: float) -> Credentials:
        while True:
            try:
                return self._secrets.credentials()
            except Unavailable:
                if self._clock() >= deadline:
                    raise
                self._sleep(0.25)

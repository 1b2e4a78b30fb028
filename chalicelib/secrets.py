"""Secrets rotate while traffic flows: each value that was current in the last day is good.

    SSM    token:4 ────────┬─ token:5 ─────────────────────     operators write here first
    WeChat ─ signs with :4 ┴──────┬─ signs with :5 ────────     and a minute later here
    we     ─ :4 ──────────────────┴ :5, and :4 for 24 h ───

They are read in one call and kept in memory. Every ten minutes or so they are read again in
passing, and at once when a push does not verify, though at most every ten seconds, so that
forged traffic cannot hammer SSM. A failed read keeps what there is.

The app secret goes the other way, for WeChat's console makes it: it is read again when WeChat
refuses it, and only the current one counts. Each function reads what it needs and no more.
"""

import random
import time
from abc import ABC, abstractmethod
from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from threading import Lock
from typing import ClassVar, Generic, TypeVar

from . import log
from .ports import Parameter, Parameters, Unavailable
from .wechat.encryption import BadKey, EncodingAesKey
from .wechat.envelopes import Credentials, Mode
from .wechat.errors import SecretRefused

T = TypeVar("T")

APP_ID = "app-id"
APP_SECRET = "app-secret"
TOKEN = "token"
ENCODING_AES_KEY = "encoding-aes-key"

GRACE = 24 * 3600
"""Seconds for which a value still counts after another replaced it."""
REFRESH = 600
"""Seconds after which secrets are read again in passing, plus a tenth at random."""
PAUSE = 10
"""Seconds between two reads that pushes ask for."""
SOON = 1
"""The same after a read that failed."""
TRIES_AT_START = 4
BATCH = 4
"""Older versions of each secret in one call, which may name ten."""
READS = 6
"""Calls in a row at the most, so that twenty changes within a day can be followed."""


class Kept(ABC, Generic[T]):
    """What was read last, and when to read it again; safe to use from many threads."""

    refresh: ClassVar[float] = REFRESH

    def __init__(self, parameters: Parameters, clock: Callable[[], float] = time.time) -> None:
        self._parameters = parameters
        self._clock = clock
        self._value: T | None = None
        self.generation = 0
        """How often they have been read; tells whether somebody else has just done so."""
        self._looked = float("-inf")
        self._due = float("-inf")
        self._lock = Lock()

    def load(self, sleep: Callable[[float], None] = time.sleep) -> None:
        """Reads the secrets before the first use; gives up silently after a few jittered tries."""
        for attempt in range(TRIES_AT_START):
            if self._read():
                return
            sleep(random.uniform(0, 0.1 * 2**attempt))

    def look_again(self, generation: int) -> bool:
        """Whether there may be others than those of `generation`, which did not fit.

        Reads them, unless that was done a moment ago. Raises Unavailable when it was tried now,
        and failed: then nobody can say, and the next one who asks tries again soon.
        """
        with self._lock:
            if self.generation != generation:
                return True
            if self._clock() - self._looked < PAUSE:
                return False
            if self._read():
                return True
            self._looked += SOON - PAUSE
            raise Unavailable("the secrets could not be read again")

    def _current(self) -> T:
        if self._clock() >= self._due:
            with self._lock:
                if self._clock() >= self._due:
                    self._read()
        if self._value is None:
            raise Unavailable("the secrets have not been read yet")
        return self._value

    def _read(self) -> bool:
        now = self._looked = self._clock()
        try:
            self._value = self._fetched(now)
        except Exception as error:  # noqa: BLE001 - whatever SSM answers, the old values stand
            self._due = now + (1 if self._value is None else PAUSE)
            log.error("secrets could not be read", {"SecretsUnavailable": 1}, error)
            return False
        self._due = now + self.refresh * random.uniform(1, 1.1)
        self.generation += 1
        return True

    @abstractmethod
    def _fetched(self, now: float) -> T: ...


class Secrets(Kept[Credentials]):
    """What proves and opens pushes, as SSM has it."""

    def __init__(
        self, parameters: Parameters, mode: Mode, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__(parameters, clock)
        self._names = [TOKEN] if mode is Mode.PLAINTEXT else [TOKEN, ENCODING_AES_KEY, APP_ID]

    def credentials(self) -> Credentials:
        """The secrets in memory, read first if there are none or if it is time.

        Raises Unavailable when they have never been read and cannot be now.
        """
        return self._current()

    def _fetched(self, now: float) -> Credentials:
        graces = {name: 0.0 if name == APP_ID else GRACE for name in self._names}
        return _credentials(read_histories(self._parameters, graces, now))


@dataclass(frozen=True, slots=True)
class App:
    """The account as WeChat's API knows it."""

    app_id: str
    app_secret: str = field(repr=False)


class AppSecrets(Kept[App]):
    """What WeChat's API asks for, as SSM has it."""

    def app(self) -> App:
        """The app id and secret in memory, read first if there are none or if it is time.

        Raises Unavailable when they have never been read and cannot be now, or are missing.
        """
        return self._current()

    def used(self, attempt: Callable[[App], T]) -> T:
        """What `attempt` returns, and once more with what SSM has by now if that was refused.

        Raises SecretRefused or what else `attempt` raises, or Unavailable.
        """
        app, generation = self.app(), self.generation
        try:
            return attempt(app)
        except SecretRefused:
            self.look_again(generation)
            changed = self.app()
            if changed == app:
                raise
            return attempt(changed)

    def _fetched(self, now: float) -> App:
        found = {each.name: each.value for each in self._parameters.read([APP_ID, APP_SECRET])}
        missing = [name for name in (APP_ID, APP_SECRET) if name not in found]
        for name in missing:
            log_missing(name)
        if missing:
            raise Unavailable("a parameter is missing")
        return App(found[APP_ID], found[APP_SECRET])


def read_histories(
    parameters: Parameters, graces: Mapping[str, float], now: float
) -> dict[str, list[Parameter]]:
    """Each secret's versions that count, newest first: those current within its grace (seconds).

    Raises Unavailable.
    """
    found_so_far: dict[str, list[Parameter]] = {name: [] for name in graces}
    wanted: Sequence[str] = list(graces)
    for _ in range(READS):
        found = parameters.read(wanted)
        for parameter in sorted(found, key=lambda each: each.version, reverse=True):
            found_so_far[parameter.name].append(parameter)
        wanted = [
            selector
            for name, history in found_so_far.items()
            for selector in _older(history, now - graces[name])
        ]
        if not wanted or not found:
            break
    return {name: _counting(history, now - graces[name]) for name, history in found_so_far.items()}


def own_key(text: str) -> bytes:
    """A key of ours as SSM keeps it: URL-safe base64 of 32 bytes. Raises ValueError."""
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raw = b""
    if len(raw) != 32:
        raise ValueError("a key is URL-safe base64 of 32 bytes")
    return raw


def log_missing(name: str) -> None:
    log.error("a parameter is missing", {"SecretsMalformed": 1}, parameter=name)


def log_malformed(parameter: Parameter, problem: str) -> None:
    log.error(
        "a parameter is malformed",
        {"SecretsMalformed": 1},
        parameter=parameter.name,
        version=parameter.version,
        problem=problem,
    )


def _counting(history: list[Parameter], since: float) -> list[Parameter]:
    """Those of a history, newest first, that were current at some time `since` then.

    Writing a value a second time is how operators retire all before it.
    """
    counting = history[:1]
    for newer, older in pairwise(history):
        if newer.modified <= since or older.value == newer.value:
            break
        counting.append(older)
    return counting


def _older(history: list[Parameter], since: float) -> list[str]:
    """The next versions to read: none when those we have tell that no older one counts."""
    if not history or len(_counting(history, since)) < len(history):
        return []
    oldest = history[-1]
    if oldest.modified <= since:
        return []
    versions = range(oldest.version - 1, max(0, oldest.version - 1 - BATCH), -1)
    return [f"{oldest.name}:{version}" for version in versions]


def _credentials(histories: dict[str, list[Parameter]]) -> Credentials:
    """What the histories are good for; what is missing or malformed is logged and left out."""
    for name, history in histories.items():
        if not any(each.value for each in history):
            log_missing(name)
    app_ids = [each.value for each in histories.get(APP_ID, []) if each.value]
    keys = [_key(each) for each in histories.get(ENCODING_AES_KEY, [])]
    return Credentials(
        app_id=app_ids[0] if app_ids else "",
        tokens=[each.value for each in histories[TOKEN] if each.value],
        keys=[key for key in keys if key and app_ids],
    )


def _key(parameter: Parameter) -> EncodingAesKey | None:
    try:
        return EncodingAesKey(parameter.value)
    except BadKey as error:
        log_malformed(parameter, str(error))
        return None

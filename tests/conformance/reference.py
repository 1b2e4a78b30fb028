"""A small backend that passes every check, and can be broken in one way at a time.

It shares no line with `chalicelib`. What is `broken` is a word of `mutants.py`; each place where
one is looked for says what goes wrong then.
"""

import hmac
import json
import secrets
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from threading import Lock
from types import MappingProxyType
from typing import NamedTuple
from xml.etree import ElementTree

from conformance import crypto, documents
from conformance.account import Account, Mode
from tests.conformance.reference_answers import Answers
from tests.conformance.reference_reading import identity, loosely, parsed
from tests.conformance.reference_site import Site

LONGEST = 64 << 10
WINDOW = 300
SLOW = 2.3
"""Seconds; longer than WeChat waits in these tests."""


class Refused(Exception):
    """A status of 4xx."""


class Reply(NamedTuple):
    """What is sent back."""

    status: int
    kind: str
    body: bytes
    headers: Mapping[str, str] = MappingProxyType({})


@dataclass
class Reference:
    """The backend of an account, which calls WeChat's API at `api_url`."""

    account: Account
    api_url: str
    broken: str = ""
    slow: float = 0.3
    older: list[Account] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.answers = Answers(self.api_url, self.broken, self.slow)
        self.site = Site(self.api_url, self.account.app_id, self.broken)
        self._records: dict[str, bytes | None] = {}
        self._lock = Lock()
        self._forged = 0

    def rotate(self, secret: dict[str, str]) -> Reply:
        """Secrets have changed; the older ones still count."""
        account = replace(self.account, token=secret["token"], encoding_aes_key=secret["key"])
        older = [*self.older, self.account]
        if self.broken == "forgets the old token":
            older = []
        if self.broken == "forgets the old key":
            older = [replace(each, encoding_aes_key=account.encoding_aes_key) for each in older]
        self.older = older
        if self.broken != "learns a new token late":
            self.account = account
        return Reply(200, "text/plain", b"")

    # --- The door -----------------------------------------------------------------------------

    def get(self, query: list[tuple[str, str]]) -> Reply:
        """Verifies the URL."""
        values = dict(query)
        try:
            if self.broken != "verifies anybody":
                self._signed(query, "signature")
        except Refused:
            return Reply(403, "text/plain", b"")
        except KeyError:
            return Reply(403, "text/plain", b"")
        echo = values.get("echostr", "")
        kind = "text/html" if self.broken == "echostr as a page" else "text/plain"
        if self.broken == "echostr as JSON":
            return Reply(200, "application/json", json.dumps(echo).encode())
        if self.broken == "echostr as a number":
            return Reply(200, kind, str(int(echo)).encode())
        return Reply(200, kind, echo.encode())

    def post(self, query: list[tuple[str, str]], body: bytes, mode: Mode, kind: str) -> Reply:
        """Takes a push."""
        values = dict(query)
        self._slows_down(values)
        if self.broken == "knows no plaintext mode":
            mode = Mode.SAFE
        try:
            account, document = self._opened(query, body, mode, kind)
        except Refused:
            return Reply(403, "text/plain", b"")
        except (ValueError, crypto.Unreadable):
            if self.broken == "errors for what cannot be read":
                raise
            return Reply(400, "text/plain", b"")
        if self.broken == "believes the query":
            next(document.iter("FromUserName")).text = values["openid"]
        answer = self._answered(document)
        if not answer:
            quiet = b"ok" if self.broken == "says ok" else b"success"
            return Reply(200, "text/plain", quiet)
        sealed = self._sealed(account, answer, values["nonce"], mode)
        return Reply(200, "application/xml", sealed)

    def _slows_down(self, query: dict[str, str]) -> None:
        """After many forgeries in a row, if it is broken so."""
        self._forged = self._forged + 1 if query.get("msg_signature") == "0" else self._forged
        if self._forged >= 20 and self.broken == "slow after forgeries":
            time.sleep(SLOW)

    def _signed(self, query: list[tuple[str, str]], name: str, *parts: str) -> Account:
        """The account, with the secrets that fit. Raises Refused."""
        values = dict(query)
        if len(values) != len(query) and self.broken != "takes a parameter twice":
            raise Refused
        if not {"timestamp", "nonce", name} <= set(values):
            if self.broken == "looks up what is not there":
                raise KeyError(name)
            raise Refused
        said = values[name]
        timestamp, nonce = values["timestamp"], values["nonce"]
        if self.broken == "compares letters of ASCII only":
            hmac.compare_digest(said, "0")
        if self.broken == "takes an empty signature" and not said:
            return self.account
        for account in (self.account, *reversed(self.older)):
            signature = crypto.sign(account.token, timestamp, nonce, *parts)
            if self.broken == "sorts as numbers" and not nonce.isdigit():
                continue
            if said == signature:
                return self._in_time(account, timestamp)
        raise Refused

    def _in_time(self, account: Account, timestamp: str) -> Account:
        if not timestamp.isdigit():
            if self.broken == "reads any timestamp":
                raise KeyError(timestamp)
            raise Refused
        late = time.time() - int(timestamp)
        old = late > WINDOW and self.broken != "takes old pushes"
        early = late < -WINDOW and self.broken != "takes early pushes"
        if old or early:
            raise Refused
        return account

    def _opened(
        self, query: list[tuple[str, str]], body: bytes, mode: Mode, kind: str
    ) -> tuple[Account, ElementTree.Element]:
        """The document of a push that WeChat has signed. Raises Refused, ValueError, Unreadable."""
        if self.broken == "wants text/xml" and kind != "text/xml":
            raise Refused
        if len(body) > LONGEST:
            if self.broken != "reads any length":
                raise Refused
            time.sleep(SLOW)
        claims_plain = dict(query).get("encrypt_type") != "aes"
        believes = self.broken == "believes encrypt_type"
        if mode is Mode.PLAINTEXT or (believes and claims_plain):
            return self._signed(query, "signature"), parsed(body, self.broken)
        return self._decrypted(query, parsed(body, self.broken))

    def _decrypted(
        self, query: list[tuple[str, str]], root: ElementTree.Element
    ) -> tuple[Account, ElementTree.Element]:
        encrypted = root.findtext("Encrypt")
        plain = root.find("MsgType") is not None
        if encrypted is None or (plain and self.broken == "knows no compatible mode"):
            raise Refused
        account = self.account
        if self.broken == "signature of the query only":
            account = self._signed(query, "signature")
        elif self.broken != "no signature":
            account = self._signed(query, "msg_signature", encrypted)
        if plain and self.broken == "believes plain fields":
            return account, root
        account, document = self._with_any_key(account, encrypted)
        return account, parsed(document, self.broken)

    def _with_any_key(self, account: Account, encrypted: str) -> tuple[Account, bytes]:
        """The document, and the account with the key that fits. Raises Unreadable."""
        for each in (account, *reversed(self.older)):
            with suppress(crypto.Unreadable):
                return replace(account, encoding_aes_key=each.encoding_aes_key), self._with(
                    each, encrypted
                )
        raise crypto.Unreadable("no key fits")

    def _with(self, account: Account, encrypted: str) -> bytes:
        if self.broken in {"any padding", "any length", "AppID by its beginning"}:
            return loosely(account, encrypted, self.broken)
        if self.broken == "padding to 16" and len(encrypted) % 3 == 1:
            raise crypto.Unreadable("blocks of 16")
        return crypto.decrypt(account.key, encrypted, account.app_id)

    # --- Answers ------------------------------------------------------------------------------

    def _answered(self, document: ElementTree.Element) -> bytes:
        """The reply to a push, the same for each delivery; nothing for silence."""
        if self.broken.startswith("fails on "):
            kind = document.findtext("Event") or document.findtext("MsgType") or ""
            word = self.broken.removeprefix("fails on ")
            if kind == word or document.find(word) is not None:
                raise ValueError(word)
        if self.broken == "wants known fields" and document.find("NewField") is not None:
            raise ValueError("NewField")
        if self.broken == "wants filled fields" and document.findtext("EventKey") == "":
            raise ValueError("EventKey")
        if self.broken == "waits for slow handlers" and document.findtext("Content") == "slow":
            time.sleep(SLOW)
        name = identity(document, self.broken)
        with self._lock:
            if name in self._records and self.broken != "no record":
                known = self._records[name]
                return b"" if known is None or self.broken == "silent on redelivery" else known
            self._records[name] = None
        answer = self.answers.to(document)
        with self._lock:
            self._records[name] = answer
        return answer

    def _sealed(self, account: Account, answer: bytes, nonce: str, mode: Mode) -> bytes:
        if mode is Mode.PLAINTEXT or self.broken == "replies in plaintext":
            return answer
        whole = crypto.encrypt(account.key, answer, account.app_id)
        if self.broken == "pads replies to 16":
            raw = secrets.token_bytes(16) + len(answer).to_bytes(4, "big") + answer
            raw += account.app_id.encode()
            room = 16 - len(raw) % 16
            whole = crypto.encrypt_raw(account.key, raw + bytes([room]) * room)
        timestamp = str(int(time.time()))
        signature = crypto.sign(account.token, timestamp, nonce, whole)
        return documents.write(
            {
                "Encrypt": whole,
                "MsgSignature": signature,
                "TimeStamp": int(timestamp),
                "Nonce": nonce,
            }
        ).encode()

"""Delivers pushes as WeChat does, and reads what the user would read.

https://developers.weixin.qq.com/doc/service/guide/product/message/Passive_user_reply_message.html
"""

import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote
from xml.etree import ElementTree

import requests

from . import crypto, documents
from .account import Account, Mode
from .pushes import Push

DELIVERIES = 3
"""How often WeChat delivers a push that nobody answers."""


class Fault(Exception):
    """The user reads 该公众号提供的服务出现故障，请稍后再试; the message says why."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A request of WeChat's; the same for each delivery of a push."""

    query: Mapping[str, str]
    body: bytes
    content_type: str = "text/xml"

    def asks(self, **changed: str | None) -> "Envelope":
        """With other parameters; None leaves one out."""
        merged = {**self.query, **changed}
        return replace(self, query={name: v for name, v in merged.items() if v is not None})

    def holds(self, body: bytes | str) -> "Envelope":
        """With another body."""
        return replace(self, body=body.encode() if isinstance(body, str) else body)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one request: a `status` of 0 if nothing came in `seconds`."""

    status: int
    content_type: str
    body: bytes
    seconds: float
    problem: str = ""

    def shown(self) -> str:
        """The answer in a few words, without what may be long."""
        if not self.status:
            return f"nothing in {self.seconds:.1f} s ({self.problem})"
        begins = self.body[:60].decode("utf-8", "replace")
        return f"status {self.status}, {len(self.body)} bytes: {begins!r}"


@dataclass(frozen=True, slots=True)
class Reply:
    """A passive reply, decrypted."""

    root: ElementTree.Element

    def __getitem__(self, name: str) -> str:
        return self.root.findtext(name) or ""

    @property
    def text(self) -> str:
        """What a text says."""
        return self["Content"]


@dataclass(frozen=True, slots=True)
class Conversation:
    """All deliveries of a push; `reply` is what the user read, None for silence."""

    answers: tuple[Answer, ...]
    reply: Reply | None


def signed(account: Account, *, at: float | None = None) -> dict[str, str]:
    """The parameters that sign a request made `at` (epoch seconds; now)."""
    timestamp = str(int(time.time() if at is None else at))
    nonce = str(secrets.randbelow(10**10))
    signature = crypto.sign(account.token, timestamp, nonce)
    return {"signature": signature, "timestamp": timestamp, "nonce": nonce}


def sealed(account: Account, push: Push, *, at: float | None = None) -> Envelope:
    """The push as it travels in the account's mode."""
    document = documents.write(push.document(account.original_id))
    query = {**signed(account, at=at), "openid": push.user}
    if account.mode is Mode.PLAINTEXT:
        return Envelope(query, document.encode())
    encrypted = crypto.encrypt(account.key, document.encode(), account.app_id)
    return around(account, encrypted, query, document)


def around(account: Account, encrypted: str, query: Mapping[str, str], plain: str = "") -> Envelope:
    """The envelope of an encrypted document; `plain` stands beside it in compatible mode."""
    signature = crypto.sign(account.token, query["timestamp"], query["nonce"], encrypted)
    fields = f"<ToUserName><![CDATA[{account.original_id}]]></ToUserName>"
    if account.mode is Mode.COMPATIBLE:
        fields = plain.removeprefix("<xml>").removesuffix("</xml>")
    body = f"<xml>{fields}<Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
    encrypts = {"encrypt_type": "aes", "msg_signature": signature}
    return Envelope({**query, **encrypts}, body.encode())


class Wire:
    """Makes requests as WeChat does: it hangs up after `patience` seconds."""

    def __init__(self, url: str, patience: float) -> None:
        self.url = url
        self.patience = patience
        self._local = threading.local()

    def get(self, query: Mapping[str, str] | str) -> Answer:
        """Verifies the URL."""
        return self._ask("GET", query, b"", {})

    def post(self, envelope: Envelope, *, query: str = "") -> Answer:
        """Delivers once; `query` stands for the envelope's, as it is."""
        headers = {"Content-Type": envelope.content_type, "User-Agent": "Mozilla/4.0"}
        return self._ask("POST", query or envelope.query, envelope.body, headers)

    def deliver(self, account: Account, envelope: Envelope) -> Conversation:
        """Delivers until there is an answer, as WeChat does. Raises Fault."""
        answers: list[Answer] = []
        for _ in range(DELIVERIES):
            answers.append(self.post(envelope))
            if answers[-1].status:
                return Conversation(tuple(answers), read(account, answers[-1]))
        raise Fault(f"nothing was answered to {DELIVERIES} deliveries")

    def _ask(
        self, method: str, query: Mapping[str, str] | str, body: bytes, headers: Mapping[str, str]
    ) -> Answer:
        asked = query if isinstance(query, str) else encoded(query)
        began = time.monotonic()
        try:
            response = self._session().request(
                method,
                f"{self.url}{'&' if '?' in self.url else '?'}{asked}",
                data=body,
                headers=dict(headers),
                timeout=self.patience,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            return Answer(0, "", b"", time.monotonic() - began, type(error).__name__)
        kind = response.headers.get("Content-Type", "")
        return Answer(response.status_code, kind, response.content, time.monotonic() - began)

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = requests.Session()
            session.trust_env = False
        return session


def encoded(query: Mapping[str, str]) -> str:
    """A query string."""
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())


def read(account: Account, answer: Answer) -> Reply | None:
    """What the user reads of an answer, None for silence. Raises Fault."""
    if answer.status != 200:
        raise Fault(f"WeChat wants status 200: {answer.shown()}")
    if answer.body in {b"", b"success"}:
        return None
    try:
        root = documents.read(answer.body)
        if account.mode is Mode.PLAINTEXT:
            return Reply(root)
        return Reply(documents.read(_opened(account, root)))
    except (ValueError, crypto.Unreadable) as error:
        raise Fault(f"{error}: {answer.shown()}") from None


def _opened(account: Account, root: ElementTree.Element) -> bytes:
    """The decrypted document. Raises ValueError or Unreadable."""
    encrypted = root.findtext("Encrypt")
    if encrypted is None:
        raise ValueError("the reply is not encrypted")
    nonce, timestamp = root.findtext("Nonce") or "", root.findtext("TimeStamp") or ""
    if crypto.sign(account.token, timestamp, nonce, encrypted) != root.findtext("MsgSignature"):
        raise ValueError("its MsgSignature is wrong")
    return crypto.decrypt(account.key, encrypted, account.app_id)

"""The backend under test, as checks see it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from . import pushes
from .account import Account, Mode
from .api import Api
from .delivery import Answer, Conversation, Envelope, Reply, Wire, read, sealed
from .documents import Document
from .pushes import Push


class Failed(Exception):
    """What was seen is not what must hold; the message says what it was."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the backend offers to those who check it; see the command's help."""

    echo: bool = False
    ask: str = "你好"
    counter: str | None = None
    raises: str | None = None
    slow: str | None = None
    many: str | None = None
    long: str | None = None
    on_rotate: str | None = None
    compatible_url: str | None = None
    plaintext_url: str | None = None
    oauth_url: str | None = None


@dataclass(frozen=True)
class Backend:
    """Reached by `wire`; `api` is where it calls WeChat. It is patient for `late` seconds."""

    account: Account
    wire: Wire
    options: Options
    api: Api | None = None
    late: float = 40.0

    def has(self, need: str) -> bool:
        """Whether it offers what a check needs."""
        if need == "api":
            return self.api is not None
        if need == "encrypted":
            return self.account.mode is not Mode.PLAINTEXT
        if need == "safe":
            return self.account.mode is Mode.SAFE
        return bool(getattr(self.options, need))

    # --- Pushes -------------------------------------------------------------------------------

    def seal(self, fields: Document, user: str | None = None) -> Envelope:
        """A new push of a user's, by default of somebody new."""
        return sealed(self.account, Push(user or pushes.openid(), fields))

    def does(self, fields: Document, user: str | None = None) -> Reply | None:
        """What a user reads at once. Raises Fault."""
        return self.deliver(self.seal(fields, user)).reply

    def says(self, content: str, user: str | None = None) -> str | None:
        """The text that a user reads at once to what they type. Raises Failed or Fault."""
        reply = self.does(pushes.text(content), user)
        return None if reply is None else said(reply)

    def deliver(self, envelope: Envelope) -> Conversation:
        """Delivers until there is an answer. Raises Fault."""
        return self.wire.deliver(self.account, envelope)

    def read(self, answer: Answer) -> Reply | None:
        """What a user reads of one answer. Raises Fault."""
        return read(self.account, answer)

    def refused(self, answer: Answer) -> str:
        """What was seen of a request that must not count. Raises Failed if it was answered.

        A status of 4xx is a refusal, and so is an empty answer of status 200.
        """
        quiet = answer.status == 200 and answer.body in {b"", b"success"}
        if 400 <= answer.status < 500 or quiet:
            if b"Traceback" in answer.body:
                raise Failed(f"it shows its insides: {answer.shown()}")
            return answer.shown()
        raise Failed(f"it was not refused: {answer.shown()}")

    # --- Late answers -------------------------------------------------------------------------

    @cached_property
    def heard(self) -> Api:
        """WeChat's API, which the backend calls."""
        if self.api is None:
            raise Failed("a check that needs the API must say so")
        return self.api

    def eventually(self, condition: Callable[[], bool]) -> bool:
        """Whether a condition becomes true while there is patience."""
        ends = time.monotonic() + self.late
        while time.monotonic() < ends:
            if condition():
                return True
            time.sleep(self.wire.patience / 100)
        return condition()


def said(reply: Reply) -> str:
    """What a reply says, which must be a text. Raises Failed."""
    if reply["MsgType"] != "text":
        raise Failed(f"a text was expected, not {reply['MsgType']!r}")
    return reply.text

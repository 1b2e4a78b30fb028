"""How an answer reaches a user who no longer waits for it."""

from dataclasses import dataclass
from typing import Protocol

from ..wechat.messages import ReplyWindow
from ..wechat.replies import Reply


class InDoubt(Exception):
    """The `part` of an answer may have left, and that is not on record."""

    def __init__(self, part: int) -> None:
        super().__init__(f"part {part}")
        self.part = part


@dataclass(frozen=True, slots=True)
class Parcel:
    """An answer on its way: `sent` parts have left, and the part `in_doubt` (0: none) may have.

    `arrival` is when its push came, in epoch seconds; no `window`, no way to answer it late.
    What was `fetched` from an outbox goes back to its head.
    """

    identity: str
    openid: str
    owner: str
    arrival: float
    said: tuple[Reply, ...]
    sent: int
    in_doubt: int
    window: ReplyWindow | None
    fetched: bool


class LateAnswers(Protocol):
    """The two ways there are: customer service messages, or the user's next push."""

    def working(self, openid: str) -> None:
        """Shows the user that an answer is on its way, where that is possible. Raises nothing."""

    def deliver(self, parcel: Parcel) -> str:
        """Sends the answer, and returns what became of it in a word.

        Raises InDoubt, Unavailable, ApiError or ConditionFailed when it must be tried again.
        """

    def apologize(self, openid: str, apology: Reply) -> None:
        """Tells the user that no answer will come. Raises ApiError or Unavailable."""

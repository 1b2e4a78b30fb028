"""How an answer reaches a user after WeChat has stopped waiting for it."""

from dataclasses import dataclass
from typing import Protocol

from ..wechat.messages import ReplyWindow
from ..wechat.replies import Reply


class InDoubt(Exception):
    """The `part` of an answer may have left, and the record does not show it."""

    def __init__(self, part: int) -> None:
        super().__init__(f"part {part}")
        self.part = part


@dataclass(frozen=True, slots=True)
class Parcel:
    """An answer on its way: `sent` parts have left, and the part `in_doubt` (0: none) may have.

    `arrival` is when its push came, in epoch seconds. Without a `window` it cannot be answered
    late. What was `fetched` from an outbox goes back to its head.
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
    """The two ways to deliver late: customer service messages, or the user's next push."""

    def working(self, openid: str) -> None:
        """Shows the user that an answer is coming, if possible. Raises nothing."""

    def deliver(self, parcel: Parcel) -> str:
        """Sends or stores the answer, and returns a word for the log.

        Raises InDoubt, Unavailable, ApiError or ConditionFailed when it must be tried again.
        """

    def apologize(self, openid: str, apology: Reply) -> None:
        """Tells the user that no answer will come. Raises ApiError or Unavailable."""

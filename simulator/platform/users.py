"""What WeChat knows of a user: whether they follow, what they may get, when they see typing."""

from dataclasses import dataclass

from simulator.pushes import Push

from .allowances import Allowances
from .refusals import Refused

TYPING_SECONDS = 15
EXCHANGE_SECONDS = 30
"""Seconds after the last message or tap, either way, in which typing may be shown."""


@dataclass(slots=True)
class User:
    """One user of the account. Times are epoch seconds."""

    openid: str
    since: float
    allowances: Allowances
    follows: bool = True
    typing_until: float = 0
    exchanged: float = 0
    remark: str = ""

    def did(self, push: Push, now: float) -> None:
        """Registers what the user did, which may allow messages."""
        self.follows = push.fields.get("Event") != "unsubscribe"
        if not self.follows:
            self.allowances.clear()
        elif self.allowances.add(push, now):
            self.exchanged = now

    def take_message(self, now: float) -> None:
        """Counts one message to the user. Raises Refused if they may not get one."""
        if not self.follows:
            raise Refused(43004)
        self.allowances.take(now)
        self.exchanged = now
        self.typing_until = 0

    def show_typing(self, now: float) -> None:
        """Shows that the account is typing. Raises Refused if that is not possible now."""
        if now > self.exchanged + EXCHANGE_SECONDS:
            raise Refused(45080)
        if now < self.typing_until:
            raise Refused(45081)
        self.typing_until = now + TYPING_SECONDS

    def hide_typing(self) -> None:
        self.typing_until = 0

"""What WeChat knows of a user: whether they follow, and how many messages they may still get.

    the user sends a message                        5 messages within 48 hours
    the user taps the menu, scans, or follows       3 messages within a minute

The next action of the same kind opens the window again.
"""

from dataclasses import dataclass, field
from enum import Enum

from simulator.pushes import Push

from .refusals import Refused

TYPING_SECONDS = 15


class Opening(Enum):
    """What opens a window, with its seconds and its number of messages."""

    MESSAGE = (48 * 3600, 5)
    TAP = (60, 3)


_TAPS = ("CLICK", "scancode_push", "scancode_waitmsg", "subscribe", "SCAN")


@dataclass(slots=True)
class _Window:
    """An open window. Times are epoch seconds."""

    ends: float
    left: int


@dataclass(slots=True)
class User:
    """One user of the account. Times are epoch seconds."""

    openid: str
    since: float
    follows: bool = True
    typing_until: float = 0
    _windows: dict[Opening, _Window] = field(default_factory=dict)

    def did(self, push: Push, now: float) -> None:
        """Registers what the user did, which may open a window."""
        self.follows = push.fields.get("Event") != "unsubscribe"
        if not self.follows:
            self._windows.clear()
        elif opening := _opening(push):
            seconds, messages = opening.value
            self._windows[opening] = _Window(now + seconds, messages)

    def take_message(self, now: float) -> None:
        """Counts one message to the user. Raises Refused if they may not get one."""
        if not self.follows:
            raise Refused(43004)
        opened = [window for window in self._windows.values() if window.ends > now]
        if not opened:
            raise Refused(45015)
        usable = [window for window in opened if window.left]
        if not usable:
            raise Refused(45047)
        min(usable, key=lambda window: window.ends).left -= 1
        self.typing_until = 0


def _opening(push: Push) -> Opening | None:
    if push.fields["MsgType"] != "event":
        return Opening.MESSAGE
    return Opening.TAP if push.fields["Event"] in _TAPS else None

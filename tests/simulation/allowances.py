"""How long and how often an account may write to a user, as WeChat counts it.

A message opens five within 48 hours, a tap three within a minute. Both may be open at once, and a
tap takes nothing from an open conversation. WeChat does not say whether another message adds five
or sets the count back to five, so each run has one of these rules.
"""

from dataclasses import dataclass, field

from chalicelib.wechat.messages import ReplyWindow

OUT_OF_TIME = 45015
USED_UP = 45047


@dataclass
class Window:
    """What one push has opened."""

    until: float
    left: int


@dataclass
class Allowances:
    """The allowances of one user."""

    adds_up: bool
    _windows: dict[ReplyWindow, list[Window]] = field(default_factory=dict)

    def open(self, kind: ReplyWindow, now: float, *, used: int = 0) -> None:
        window = Window(now + kind.seconds, kind.messages - used)
        before = self._windows.get(kind, []) if self.adds_up else []
        self._windows[kind] = [window, *before]

    def take(self, now: float) -> int:
        """Takes one message from an allowance, if there is one; returns WeChat's errcode."""
        open_ = self._open(now)
        if not open_:
            return OUT_OF_TIME
        window = next((each for each in open_ if each.left), None)
        if window is None:
            return USED_UP
        window.left -= 1
        return 0

    def left(self, now: float) -> int:
        return sum(each.left for each in self._open(now))

    def use_up(self, now: float) -> None:
        """Others of the account write to the user."""
        for window in self._open(now):
            window.left = 0

    def close(self) -> None:
        self._windows.clear()

    def _open(self, now: float) -> list[Window]:
        taps, messages = (
            self._windows.get(kind, []) for kind in (ReplyWindow.TAP, ReplyWindow.MESSAGE)
        )
        return [each for each in (*taps, *messages) if each.until >= now]

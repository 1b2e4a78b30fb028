"""How many customer service messages WeChat lets a user get, and until when.

    the user sends a message                              5 messages within 48 hours
    the user taps the menu, or a line of a menu message   3 messages within a minute
    the user follows                                      3 messages within a minute
    the user scans                                        3 messages within a minute

A user can have one of each at once. WeChat does not document what a second message or tap does to
the allowance of the first, so there are two rules.
https://developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage.html
"""

from dataclasses import dataclass
from enum import Enum

from chalicelib.wechat.messages import ReplyWindow
from simulator.pushes import Push

from .refusals import Refused


class AllowanceRule(Enum):
    """What happens to an allowance that is left when the user does the same again."""

    SET_BACK = "set-back"
    """It ends, and the count begins again."""
    ADD_UP = "add-up"
    """It stays beside the new one."""


@dataclass(slots=True)
class Allowance:
    """Messages that may be sent until `ends` (epoch seconds), because of what the user did."""

    opened_by: str
    ends: float
    left: int


class Allowances:
    """Those of one user."""

    def __init__(self, rule: AllowanceRule) -> None:
        self._rule = rule
        self._all: list[Allowance] = []

    def open(self, now: float) -> list[Allowance]:
        """Those that have not ended, used up or not, first the one that ends first."""
        return sorted((each for each in self._all if each.ends > now), key=lambda each: each.ends)

    def add(self, push: Push, now: float) -> bool:
        """Adds what `push` allows, and says whether it allows anything."""
        opened_by = _opener(push)
        if opened_by is None:
            return False
        window = ReplyWindow.MESSAGE if opened_by == "message" else ReplyWindow.TAP
        set_back = opened_by if self._rule is AllowanceRule.SET_BACK else None
        kept = [each for each in self.open(now) if each.opened_by != set_back]
        self._all = [*kept, Allowance(opened_by, now + window.seconds, window.messages)]
        return True

    def take(self, now: float) -> None:
        """Counts one message. Raises Refused if none is allowed."""
        opened = self.open(now)
        if not opened:
            raise Refused(45015)
        usable = next((each for each in opened if each.left), None)
        if usable is None:
            raise Refused(45047)
        usable.left -= 1

    def clear(self) -> None:
        self._all.clear()


_EVENTS = {
    "CLICK": "menu",
    "scancode_push": "menu",
    "scancode_waitmsg": "menu",
    "subscribe": "follow",
    "SCAN": "scan",
}


def _opener(push: Push) -> str | None:
    """What the user did, as far as allowances tell it apart, or None if it allows nothing."""
    if push.fields["MsgType"] == "event":
        return _EVENTS.get(str(push.fields["Event"]))
    return "menu" if push.fields.get("bizmsgmenuid") else "message"

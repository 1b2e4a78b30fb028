"""A job for the worker: a push to answer, a message of our own to send, or a task.

The jobs of one user form a group, so answers come in the order of the questions; effects on their
profile form another one. Tasks are spread over a few lanes, each of which is a group. On slow
routes the queue drops the jobs of redeliveries by the push's identity. For a push that is handed
over, the record does that, and the queue must not: it might drop the only job that is left.
"""

import json
from dataclasses import dataclass, fields
from typing import Any

from .. import formats
from ..users.effects import EFFECTS
from ..wechat.messages import ReplyWindow
from ..wechat.parsing import from_fields, kind_of
from ..wechat.xml import Fields

FORMAT = 1
WECHAT_WAITS = 5.0
"""Seconds for which WeChat waits for an answer before it delivers again."""
OWN_MESSAGE = ":message"
"""What the log names as the route of a message of our own, which has none."""
UNDECIDED = ""
"""The route of a push whose user's state the door could not read; the worker chooses it."""


class JobUnreadable(Exception):
    """A job that this version cannot read."""


def given_up(signed: int, arrival: float) -> int:
    """How many deliveries WeChat can have given up before `arrival`: it signs a push only once."""
    return max(int((arrival - signed) / WECHAT_WAITS), 0)


@dataclass(frozen=True, slots=True)
class Job:
    """What the worker has to do; other releases read it by the names of its fields.

    A push has `route` and `push`; a message of our own has `openid` and `said`. `sender` is the
    delivery that made the job, `arrival` is when that delivery came (epoch seconds). A task has its
    name as `route`, its arguments (JSON) as `task`, and a `lane`; it is no user's.
    """

    identity: str
    openid: str
    arrival: float
    sender: str
    route: str = UNDECIDED
    push: "Fields | None" = None
    said: str = ""
    task: str = ""
    lane: int = 0
    format: int = FORMAT

    @property
    def group(self) -> str:
        """The jobs that are done one by one; no user's chat waits for what concerns a profile."""
        if self.task:
            return f"tasks-{self.lane}"
        return f"effects-{self.openid}" if self.route == EFFECTS else self.openid

    @property
    def logged(self) -> dict[str, str]:
        """What the log tells of it: the kind of its push, or the kinds of what it says."""
        if self.said:
            kinds = dict.fromkeys(each["kind"] for each in json.loads(self.said))
            return {"kind": ", ".join(kinds), "route": OWN_MESSAGE}
        return {"kind": kind_of(self.push).__name__ if self.push else "", "route": self.route}

    @property
    def messages(self) -> int:
        """How many messages its push is likely to allow."""
        window = from_fields(self.push).reply_window if self.push else None
        return (window or ReplyWindow.MESSAGE).messages

    @property
    def asked(self) -> float:
        """When WeChat delivered its push first, about (epoch seconds); 0 if it has none."""
        if self.push is None:
            return 0.0
        created = from_fields(self.push).create_time
        return self.arrival - WECHAT_WAITS * given_up(created, self.arrival)

    def to_json(self) -> str:
        return json.dumps({each.name: getattr(self, each.name) for each in fields(self)})

    @classmethod
    def read(cls, body: str) -> "Job":
        """Reads the job from a message's `body`, and ignores unknown fields.

        Raises JobUnreadable, or WrittenLater.
        """
        try:
            values: dict[str, Any] = json.loads(body)
            formats.check(values, FORMAT)
            known = {each.name for each in fields(cls)}
            return cls(**{name: value for name, value in values.items() if name in known})
        except (TypeError, ValueError, AttributeError):
            raise JobUnreadable from None

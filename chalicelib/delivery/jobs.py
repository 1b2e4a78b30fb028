"""A job is a push, or a message of our own, that the worker will answer.

Jobs of one user form a group, so they read answers in the order of their questions. On slow
routes the queue drops what WeChat delivers again, by the push's identity. A push that is handed
over is told apart by its record instead, and the queue must not: the job it would drop may be
the only one left.
"""

import json
from dataclasses import dataclass, fields
from typing import Any

from .. import formats
from ..wechat.xml import Fields

FORMAT = 1


class JobUnreadable(Exception):
    """A job that this version cannot read."""


@dataclass(frozen=True, slots=True)
class Job:
    """What the worker has to do; a later version reads it by its names.

    `route` and `push` for a push; `openid` and `said` for a message of our own. `sender` is
    the delivery that made it, `arrival` when that came (epoch seconds).
    """

    identity: str
    openid: str
    arrival: float
    sender: str
    route: str = ""
    push: "Fields | None" = None
    said: str = ""
    format: int = FORMAT

    def to_json(self) -> str:
        return json.dumps({each.name: getattr(self, each.name) for each in fields(self)})

    @classmethod
    def read(cls, body: str) -> "Job":
        """The job in a message's `body`; it ignores what it does not know.

        Raises JobUnreadable, or WrittenLater.
        """
        try:
            values: dict[str, Any] = json.loads(body)
            formats.check(values, FORMAT)
            known = {each.name for each in fields(cls)}
            return cls(**{name: value for name, value in values.items() if name in known})
        except (TypeError, ValueError, AttributeError):
            raise JobUnreadable from None

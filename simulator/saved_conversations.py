"""A conversation in a file: what users did, and what they read; played again, it is a test.

    {"format": 1, "steps": [{"openid": "…", "push": {"MsgType": "text", "Content": "你好"},
                "answer": {"kind": "text", "text": "你也好"}, "fault": false, "late": [ … ]}]}

An `answer` of null is silence. `late` is what came afterwards by customer service message.
"""

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from .pushes import Push

FORMAT = 1
Message: TypeAlias = Mapping[str, Any]


class NotAConversation(ValueError):
    """A file that holds something else; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the user read after they did something."""

    answer: Message | None = None
    fault: bool = False
    late: Sequence[Message] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One thing a user did, and what they should reading."""

    openid: str
    push: Mapping[str, Any]
    reading: Reading = field(default_factory=Reading)

    def again(self) -> Push:
        """The same, done now: a new message, not another delivery of the old one."""
        fields = dict(self.push)
        if fields.get("MsgType") != "event":
            fields["MsgId"] = secrets.randbits(63)
        return Push(fields, self.openid, int(time.time()))


def step_in_file(push: Push, reading: Reading) -> dict[str, Any]:
    """A step as it stands in the file."""
    fields = {name: value for name, value in push.fields.items() if name != "MsgId"}
    return {"openid": push.from_user_name, "push": fields, **reading_in_file(reading)}


def reading_in_file(reading: Reading) -> dict[str, Any]:
    """What the user read, as it stands in the file."""
    return {"answer": reading.answer, "fault": reading.fault, "late": list(reading.late)}


def steps(conversation: object) -> list[Step]:
    """The steps in a file's JSON. Raises NotAConversation."""
    if isinstance(conversation, dict) and conversation.get("format", 1) != FORMAT:
        raise NotAConversation("a later release of wechalice saved this conversation")
    found = conversation.get("steps") if isinstance(conversation, dict) else None
    if not isinstance(found, list):
        raise NotAConversation("a conversation has a list of steps")
    return [_step(each) for each in found]


def _step(step: Any) -> Step:
    match step:
        case {"openid": str(openid), "push": {"MsgType": str()} as push}:
            reading = Reading(
                step.get("answer"), bool(step.get("fault")), tuple(step.get("late") or ())
            )
            return Step(openid, push, reading)
        case _:
            raise NotAConversation("a step has an openid, and a push with a MsgType")


def is_same(expected: Reading, reading: Reading) -> bool:
    """Whether the user reads the same, word for word."""
    return expected.fault == reading.fault and _words(expected) == _words(reading)


def _words(reading: Reading) -> list[tuple[str, str] | None]:
    messages = [reading.answer, *reading.late]
    return [
        None if each is None else (str(each.get("kind")), str(each.get("text")))
        for each in messages
    ]

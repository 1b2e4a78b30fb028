"""A conversation in a file: what users did, and what they read. Replayed, it is a test.

    {"format": 1, "steps": [{"openid": "…", "push": {"MsgType": "text", "Content": "你好"},
                "answer": {"kind": "text", "text": "你也好"}, "fault": false, "late": [ … ]}]}

An `answer` of null means no answer. `late` are the customer service messages that came later.
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
    """A file without a conversation. The message says what is missing."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a user read after an action."""

    answer: Message | None = None
    fault: bool = False
    late: Sequence[Message] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One action of a user, and what they should read."""

    openid: str
    push: Mapping[str, Any]
    reading: Reading = field(default_factory=Reading)

    def again(self) -> Push:
        """The same action now, as a new push and not as another delivery of the old one."""
        fields = dict(self.push)
        if fields.get("MsgType") != "event":
            fields["MsgId"] = secrets.randbits(63)
        return Push(fields, self.openid, int(time.time()))


def step_in_file(push: Push, reading: Reading) -> dict[str, Any]:
    """A step as JSON for the file."""
    fields = {name: value for name, value in push.fields.items() if name != "MsgId"}
    return {"openid": push.from_user_name, "push": fields, **reading_in_file(reading)}


def reading_in_file(reading: Reading) -> dict[str, Any]:
    """What the user read, as JSON for the file."""
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

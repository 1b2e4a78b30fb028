"""Makes the next message of what waits in a user's line: as few messages as needed."""

from dataclasses import replace
from typing import NamedTuple

from ..wechat.replies import Text
from .line import Line
from .parts import joined

HINT = "回复“继续”查看余下内容"
"""Ends the last message that is likely to go while more waits."""


class Message(NamedTuple):
    """The parts that go next, by name, and their common text; None when it is no text."""

    names: tuple[str, ...]
    text: Text | None


def next_message(line: Line, messages: int, *, more: bool = False) -> Message:
    """What goes next when the push opened so many `messages`: as few as needed.

    Parts stay the bubbles that the handler made, unless more wait than are likely to go. If
    something stays behind, the last message that is likely to go says so. It does so once if
    `more` is to come, because WeChat may take more than it is likely to.
    """
    likely = max(messages - line.used, 1)
    group, text = line.parts[:1], line.parts[0].text
    if len(line.parts) > likely:
        group, text = joined(line.parts)
    stays = len(line.parts) > len(group) or (more and messages - line.used == 1)
    if text is not None and likely == 1 and stays:
        text = replace(text, content=f"{text.content}\n\n{HINT}")
    return Message(tuple(part.name for part in group), text)


def is_last(line: Line, messages: int) -> bool:
    """Whether one message holds all that waits, and is the last one that is likely to go."""
    message = next_message(line, messages)
    return len(message.names) == len(line.parts) and messages - line.used == 1

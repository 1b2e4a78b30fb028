"""What a handler answers: a reply, a string, nothing, or several one after the other."""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from ..wechat.replies import Reply, Text

HandlerResult: TypeAlias = Reply | str | Sequence[Reply | str] | Iterator[Reply | str] | None
"""Silence is None or empty, a string is a Text, several replies go one after the other."""


def replies(answer: HandlerResult) -> tuple[Reply, ...]:
    """What a handler returned as replies in order; an iterator is collected, empty text is none.

    Raises TypeError for what cannot be said to a user.
    """
    match answer:
        case None | "" | Text(""):
            return ()
        case str():
            return (Text(answer),)
    if isinstance(answer, Reply):
        return (answer,)
    if isinstance(answer, list | tuple | Iterator):
        return tuple(reply for each in answer for reply in replies(each))
    raise TypeError("a handler returns a Reply, a string, None, or a list or iterator of those")


def as_reply(reply: Reply | str | None) -> Reply | None:
    """A string as the Text it stands for. Raises TypeError for what is no reply."""
    if reply is not None and not isinstance(reply, str | Reply):
        raise TypeError(f"not a reply: {reply!r}")
    return Text(reply) if isinstance(reply, str) else reply

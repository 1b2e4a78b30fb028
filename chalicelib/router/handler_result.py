"""What a handler may return: a reply, a string, nothing, or several in order."""

from collections.abc import Iterator, Sequence
from typing import TypeAlias, get_args

from ..wechat.replies import By, Reply, Text
from ..wechat.xml import allowed

HandlerResult: TypeAlias = Reply | str | Sequence[Reply | str] | Iterator[Reply | str] | None
"""None or an empty text is silence, a string is a Text, several replies go in order.

A text that holds only characters that XML forbids is empty, too.
"""

_KINDS = get_args(Reply)


def replies(answer: HandlerResult, handler: str = "a handler") -> tuple[Reply, ...]:
    """The replies in what a handler returned, in order; collects iterators, skips empty texts.

    Raises TypeError for anything else, which names the `handler`, because no frame does.
    """
    if isinstance(answer, str):
        answer = Text(answer)
    match answer:
        case None:
            return ()
        case Text(text) | By(message=Text(text)) if not allowed(text):
            return ()
    if isinstance(answer, _KINDS):
        return (answer,)
    if isinstance(answer, list | tuple | Iterator):
        return tuple(reply for each in answer for reply in replies(each, handler))
    kind = type(answer).__name__
    raise TypeError(
        f"{handler} returned {kind}; return a Reply, a string, None, or a list or iterator of those"
    )


def as_reply(reply: Reply | str | None) -> Reply | None:
    """Turns a string into a Text, an empty one into None. Raises TypeError for anything else."""
    if reply is not None and not isinstance(reply, str | Reply):
        raise TypeError(f"not a reply: {reply!r}")
    return next(iter(replies(reply)), None)

"""Cuts a text into messages where a reader would pause.

    paragraph > line > sentence > clause > space > anywhere between characters as people see them

The first of these that has a place in the last half of what fits is taken, so that no message is
needlessly short. A heading, and a line that ends in a colon, stay with what they lead to if they
can. A link `<a …>…</a>` stays whole, because WeChat links nothing less.
"""

import re
from collections.abc import Iterator, Sequence
from enum import IntEnum

from .replies import TEXT_BYTES


class Pause(IntEnum):
    """How long a reader would pause."""

    SPACE = 0
    CLAUSE = 1
    SENTENCE = 2
    LINE = 3
    PARAGRAPH = 4


_GAP = re.compile(r"\s+")
_INDENTED = re.compile(r"\s*\n|\s*")
"""The white space that goes where a text is cut: all of it, or all but a line's indentation."""
_SENTENCE = re.compile(
    r"[。！？…][。！？….!?]*[”’」』】》〉）)\]\"']*"
    r"|[.!?]+[)\]\"']*(?![!-~。！？…”’」』】》〉）])"  # no "." of a number or an address
)
_CLAUSE = re.compile(
    r"[，；：](?!(?<=\d.)\d)[”’」』】》〉）)\]\"']*"  # not the colon of 12：30
    r"|[,;:]+[)\]\"']*(?![!-~。！？…”’」』】》〉）])"
)
_LEADS_ON = re.compile(r"[ \t]*#{1,6}[ \t].*|.*[：:]\**")
"""A line that a reader does not leave alone: a heading, or one that says what follows."""
_TAG = re.compile(r"<a\s[^<>]*>|</a>", re.IGNORECASE)


def cut(text: str, size: int = TEXT_BYTES) -> Iterator[str]:
    """`text` in pieces of at most `size` bytes; lone surrogates become question marks.

    Nothing else is lost but the white space where it is cut.
    """
    rest = text.encode("utf-8", "replace").decode()
    while size_of(rest) > size:
        end = _end_of_piece(rest, size)
        if piece := rest[:end].rstrip():
            yield piece
        rest = _INDENTED.sub("", rest[end:], count=1)
    if rest:
        yield rest


def trimmed(text: str) -> str:
    """`text` without white space at its ends; the indentation of its first line stays."""
    return _INDENTED.sub("", text, count=1).rstrip()


def size_of(text: str) -> int:
    """The bytes of `text` in a message, where a lone surrogate is a question mark."""
    return len(text.encode("utf-8", "replace"))


def best_end(text: str, ends: Sequence[int], start: int = 0) -> int:
    """The one of `ends` where a reader would pause longest, in the last half from `start`."""
    last, possible = ends[-1], set(ends)
    paused = (
        (pause, end)
        for end, pause in pauses(text)
        if end in possible and 2 * (end - start) >= last - start
    )
    return max(paused, default=(Pause.SPACE, last))[1]


def pauses(text: str) -> Iterator[tuple[int, Pause]]:
    """Where a reader would pause, and how long; a text is cut before white space."""
    for gap in _GAP.finditer(text):
        yield gap.start(), _pause_of(gap)
    for sentence in _SENTENCE.finditer(text):
        yield sentence.end(), Pause.SENTENCE
    for clause in _CLAUSE.finditer(text):
        yield clause.end(), Pause.CLAUSE


def ends_of_characters(text: str, size: int) -> list[int]:
    """Where each character ends, as people see them, as far as `size` bytes reach.

    Of one character that alone is larger, as many code points as fit.
    """
    from wcwidth import iter_graphemes  # noqa: PLC0415 - takes 25 ms, so only for a long text

    ends: list[int] = []
    length = end = 0
    for character in iter_graphemes(text, 0, size + 1):
        length += size_of(character)
        if length > size:
            break
        end += len(character)
        ends.append(end)
    return ends or [_most_code_points(text, size)]


def _end_of_piece(text: str, size: int) -> int:
    """The index where the first piece of a long `text` ends."""
    seen = text[: 2 * size]  # no link that fits and begins in this piece ends later
    ends = ends_of_characters(text, size)
    whole = [link for link in _links(seen) if size_of(seen[slice(*link)]) <= size]
    safe = [each for each in ends if not any(start < each < end for start, end in whole)]
    return best_end(seen, safe or ends)


def _pause_of(gap: re.Match[str]) -> Pause:
    lines = gap[0].count("\n")
    if not lines:
        return Pause.SPACE
    line = gap.string.rfind("\n", 0, gap.start()) + 1
    if _LEADS_ON.fullmatch(gap.string, line, gap.start()):
        return Pause.SPACE
    return Pause.LINE if lines == 1 else Pause.PARAGRAPH


def _links(text: str) -> Iterator[tuple[int, int]]:
    """Where links begin and end; what is never closed is plain text."""
    opened = None
    for tag in _TAG.finditer(text):
        if tag[0][1] != "/":
            opened = tag.start()
        elif opened is not None:
            yield opened, tag.end()
            opened = None


def _most_code_points(text: str, size: int) -> int:
    """How many code points fit of one character that alone is over `size` bytes."""
    return len(text.encode("utf-8", "replace")[:size].decode("utf-8", "ignore"))

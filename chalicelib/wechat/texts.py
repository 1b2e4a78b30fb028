"""Cuts a text into messages where a reader would pause.

    a paragraph > a line > a sentence > a space > anywhere between characters as people see them

The first of these that has a place in the last half of what fits is taken, so that no message is
needlessly short. A link `<a …>…</a>` stays whole, because WeChat links nothing less.
"""

import re
from collections.abc import Iterator

from .replies import TEXT_BYTES

_GAP = re.compile(r"\s+")
_INDENTED = re.compile(r"\s*\n|\s*")
"""The white space that goes where a text is cut: all of it, or all but a line's indentation."""
_SENTENCE = re.compile(
    r"[。！？…][。！？….!?]*[”’」』】》〉）)\]\"']*"
    r"|[.!?]+[)\]\"']*(?![!-~。！？…”’」』】》〉）])"  # no "." of a number or an address
)
_TAG = re.compile(r"<a\s[^<>]*>|</a>", re.IGNORECASE)


def cut(text: str, size: int = TEXT_BYTES) -> Iterator[str]:
    """`text` in pieces of at most `size` bytes; lone surrogates become question marks.

    Nothing else is lost but the white space where it is cut.
    """
    rest = text.encode("utf-8", "replace").decode()
    while len(rest.encode()) > size:
        end = _end_of_piece(rest, size)
        if piece := rest[:end].rstrip():
            yield piece
        rest = _INDENTED.sub("", rest[end:], count=1)
    if rest:
        yield rest


def _end_of_piece(text: str, size: int) -> int:
    """The index where the first piece of a long `text` ends."""
    seen = text[: 2 * size]  # no link that fits and begins in this piece ends later
    ends = _ends_of_characters(text, size)
    for start, end in _links(seen):
        if len(seen[start:end].encode()) <= size:
            ends = [each for each in ends if not start < each < end]
    if not ends:
        return _most_code_points(text, size)
    last, possible = ends[-1], set(ends)
    pauses = ((rank, end) for rank, end in _pauses(seen) if end in possible and 2 * end >= last)
    return max(pauses, default=(0, last))[1]


def _pauses(text: str) -> Iterator[tuple[int, int]]:
    """Where a reader would pause, and how long; a text is cut before white space."""
    for gap in _GAP.finditer(text):
        yield (0, 2, 3)[min(gap[0].count("\n"), 2)], gap.start()
    for sentence in _SENTENCE.finditer(text):
        yield 1, sentence.end()


def _links(text: str) -> Iterator[tuple[int, int]]:
    """Where links begin and end; what is never closed is plain text."""
    opened = None
    for tag in _TAG.finditer(text):
        if tag[0][1] != "/":
            opened = tag.start()
        elif opened is not None:
            yield opened, tag.end()
            opened = None


def _ends_of_characters(text: str, size: int) -> list[int]:
    """Where each character ends, as people see them, as far as `size` bytes reach."""
    from wcwidth import iter_graphemes  # noqa: PLC0415 - takes 25 ms, so only for a long text

    ends: list[int] = []
    length = end = 0
    for character in iter_graphemes(text, 0, size + 1):
        length += len(character.encode())
        if length > size:
            break
        end += len(character)
        ends.append(end)
    return ends


def _most_code_points(text: str, size: int) -> int:
    """How many code points fit of one character that alone is over `size` bytes."""
    return len(text.encode()[:size].decode("utf-8", "ignore"))

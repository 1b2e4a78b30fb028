"""Gathers what a model says, piece by piece, into messages; cuts it where a reader would pause.

What is returned is what was added, character by character, white space included. A cut is never
inside of what stays whole (markdown.py), of a character as people see it, or of what is written
without a space in ASCII, such as a number or an address; so not at the end of what is known
either, unless a mark of Chinese ends a sentence there. It comes before white space.
"""

from collections.abc import Sequence

from .markdown import Span, spans
from .texts import Pause, best_end, ends_of_characters, pauses, size_of

SHORT = 40
"""Characters that are no message of their own as long as more is to come."""

_ENDS = "。！？；…”’」』】》〉）"
_BEGIN_NOTHING = _ENDS + "，：、"
_PAIRS = tuple(zip("“‘「『【《〈（", "”’」』】》〉）", strict=True))


class Gathering:
    """What a model has said and nobody has sent yet."""

    def __init__(self, size: int) -> None:
        """A message holds at most `size` UTF-8 bytes besides white space around it."""
        self._size = size
        self._pieces: list[str] = []
        self._bytes = 0
        self._fence = ""
        """What closes the block of code in which the last cut was."""

    def add(self, piece: str) -> None:
        self._pieces.append(piece)
        self._bytes += size_of(piece)

    def full(self) -> str | None:
        """A message, if what is gathered does not fit one; ask until it is None."""
        if self._bytes <= self._size:
            return None
        text = self._text()
        if size_of(text.strip()) <= self._size:
            return None
        start = _start(text)
        seen = text[: start + 2 * self._size]  # nothing that fits and begins in it ends later
        ends = [start + end for end in ends_of_characters(seen[start:], self._size)]
        whole = self._spans(seen)
        safe = [end for end in ends if _safe(seen, end, whole)]
        return self._cut(text, best_end(seen, safe or ends, start), whole)

    def paragraph(self) -> str | None:
        """All up to the last empty line, unless it is short or ends in a heading or a colon."""
        text = self._text()
        if text.count("\n") < 2:
            return None  # no line is empty; asked after each token, so it must be cheap
        return self._up_to(text, [(Pause.PARAGRAPH, _start(text) + SHORT)], len(text))

    def sentences(self, behind: int = 0) -> str | None:
        """All up to the last line or sentence; if it is long and there is none, clause or space.

        At least so many characters stay `behind`, for the next message.
        """
        text = self._text()
        start = _start(text)
        half = (start + len(text)) // 2 if len(text) - start > SHORT else len(text) + 1
        return self._up_to(
            text,
            [(Pause.SENTENCE, start + 1), (Pause.CLAUSE, half), (Pause.SPACE, half)],
            len(text) - behind,
        )

    def rest(self) -> str:
        """All that is left, at the end of the stream."""
        text = self._text()
        self._pieces, self._bytes, self._fence = [], 0, ""
        return text

    def _text(self) -> str:
        self._pieces = ["".join(self._pieces)]
        return self._pieces[0]

    def _spans(self, text: str) -> list[Span]:
        return list(spans(text, self._size, self._fence))

    def _up_to(self, text: str, wanted: Sequence[tuple[Pause, int]], last: int) -> str | None:
        """All up to the last safe pause that is at least so long and not before that index.

        The first of `wanted` that finds one counts; none is after the index `last`.
        """
        if wanted[0][1] > last:
            return None
        whole = self._spans(text)
        known = whole[-1].start if whole and whole[-1].end == len(text) else len(text)
        ends = sorted(pauses(text[:known]), reverse=True)
        for least, first in wanted:
            for end, pause in ends:
                if first <= end <= last and pause >= least and _safe(text, end, whole):
                    return self._cut(text, end, whole)
        return None

    def _cut(self, text: str, end: int, whole: Sequence[Span]) -> str:
        self._fence = next((each.fence for each in whole if each.start < end < each.end), "")
        self._pieces = [text[end:]]
        self._bytes = size_of(text[end:])
        return text[:end]


def _start(text: str) -> int:
    """Where the white space at its beginning ends."""
    return len(text) - len(text.lstrip())


def _safe(text: str, end: int, whole: Sequence[Span]) -> bool:
    """Whether a cut at `end` leaves whole what must be, whatever comes after `text`."""
    if any(each.start < end < each.end for each in whole):
        return False
    if end == len(text):
        return _ends_sentence(text)
    if text[end] in _BEGIN_NOTHING or all("!" <= each <= "~" for each in text[end - 1 : end + 1]):
        return False
    from wcwidth import grapheme_boundary_before  # noqa: PLC0415 - takes 25 ms

    return bool(grapheme_boundary_before(text, end + 1) == end)


def _ends_sentence(text: str) -> bool:
    """Whether a sentence ends for good: no further mark of it, or around it, is likely."""
    if text[-1] not in _ENDS or (text[-1] == "…" and not text.endswith("……")):
        return False
    return all(text.count(opening) <= text.count(closing) for opening, closing in _PAIRS)

"""Finds what stays whole in a text that is still being written: Markdown, links and addresses.

A line of eight ─ is a fence like ```: plain text that was Markdown has it around code.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from .texts import size_of

_OPENING = re.compile(
    r"^(?:[ \t]*(?:[-*+>]|\d+[.)]))*[ \t]*"
    r"(?P<fence>`{3,}(?=[^`\n]*$)|~{3,}|─{8}(?=[ \t\r]*$))"
    r"|(?P<marker>^(?:[ \t]*(?:[-*+>]|\d+[.)]|#{1,6})(?=\s))+[ \t]*)"
    r"|(?=[\\`<h!\[*~_])(?:"  # which is quick to see
    r"(?P<escaped>\\[!-/:-@\[-`{-~])"
    r"|(?P<code>`+)"
    r"|(?P<link><[aA]\s)"
    r"|(?P<address>https?://(?:(?!~~)[^\s<>*`\[\]，。！？；：、（）【】《》「」“”‘’…])+)"
    r"|(?P<words>!?\[)"
    r"|(?P<emphasis>\*{1,3}+(?!\*)|~~|(?<!\w)_{1,3}+(?!_))(?=\S))",
    re.MULTILINE,
)
_LINK = re.compile(r"[^<>]*>(?:(?!<a\s).)*?</a>", re.IGNORECASE | re.DOTALL)
_LINK_GOES_ON = re.compile(r"[^<>]*(?:>(?:(?!<a\s).)*)?\Z", re.IGNORECASE | re.DOTALL)
_WORDS = re.compile(r"(?:[^\[\]]|\[[^\[\]]*\])*\]")
_TARGET = re.compile(r"\((?:[^()]|\([^()]*\))*\)")
_BLOCK_END = re.compile(r"\n[ \t>]*(?=\r?\n|[-*+][ \t]|\d+[.)][ \t]|#{1,6}[ \t]|\||`{3}|~{3}|─{8})")


class Span(NamedTuple):
    """From `start` to before `end`, which is the text's when the span is still open."""

    start: int
    end: int
    fence: str = ""
    """What closes a block of code."""


def spans(text: str, size: int, fence: str = "") -> Iterator[Span]:
    """What stays whole in `text`, which begins inside of a block of code if `fence` closes it.

    What is opened and not closed before its block ends is plain text, as is what is larger than
    `size` bytes; but a block of code is told whatever its size.
    """
    at = 0
    if fence:
        at = _end_of_code(text, 0, fence)
        yield Span(0, at, fence)
    while opening := _OPENING.search(text, at):
        kind, start, at = str(opening.lastgroup), opening.start(), opening.end()
        if kind == "fence":
            at = _end_of_code(text, at, opening[kind])
            yield Span(start, at, opening[kind])
        elif (end := _end(text, opening, kind)) and size_of(text[start:end]) <= size:
            at = end
            yield Span(start, at)


def _end_of_code(text: str, start: int, fence: str) -> int:
    closing = re.compile(rf"^[ \t>]*{fence[0]}{{{len(fence)},}}[ \t\r]*$", re.MULTILINE)
    found = closing.search(text, start)
    return found.end() if found else len(text)


def _end(text: str, opening: re.Match[str], kind: str) -> int | None:
    """Where what is opened ends, the text's end if it may go on; None if it is plain text."""
    start = opening.end()
    match kind:
        case "marker" | "escaped" | "address":
            return start
        case "link":
            found = _LINK.match(text, start) or _LINK_GOES_ON.match(text, start)
            return found.end() if found else None
        case "words":
            return _end_of_words(text, start)
        case "code":
            closing = rf"(?<!`){opening[kind]}(?!`)"
        case _:
            closing = _closing_of_emphasis(opening[kind])
    return _within_block(text, start, re.compile(closing))


def _closing_of_emphasis(mark: str) -> str:
    closing = rf"(?<!\s){re.escape(mark)}"
    if mark == "*":
        return r"(?<![\s*])\*(?!\*)"
    return closing + r"(?!\w)" if mark[0] == "_" else closing


def _end_of_words(text: str, start: int) -> int | None:
    """Where `[words]` or `[words](target)` end."""
    end = _within_block(text, start, _WORDS, anchored=True)
    if end is None or not text.startswith("(", end):
        return end
    return _within_block(text, end, _TARGET, anchored=True) or end


def _within_block(
    text: str, start: int, closing: re.Pattern[str], *, anchored: bool = False
) -> int | None:
    block = _BLOCK_END.search(text, start)
    find = closing.match if anchored else closing.search
    if found := find(text, start, block.start() if block else len(text)):
        return found.end()
    return None if block else len(text)

"""What a user reads, told apart by marks.

An answer says which push it answers, out of which run of the handler, and which part of how many it
is, so that a reader knows what is missing: «3.1.2/4».
"""

import re
from typing import NamedTuple

EARLIER = 1000
"""The number of a push that came before the run."""
SENT = 2000
"""From here on a number tells a message of a handler: SENT, ten times its push, its own."""
APOLOGY = "出了点问题"
ACK = "请稍候"
_MARK = re.compile(r"«(\d+)\.(\d+)\.(\d+)/(\d+)»")


class Mark(NamedTuple):
    """What tells a part of an answer."""

    push: int
    run: int
    part: int
    of: int

    def __str__(self) -> str:
        # Each run says as much, because what a stream sends to others is named by how far it is.
        return f"«{self.push}.{self.run:02}.{self.part}/{self.of}»"

    @property
    def all_parts(self) -> tuple["Mark", ...]:
        """The marks of the whole answer."""
        return tuple(Mark(self.push, self.run, part + 1, self.of) for part in range(self.of))


def marks(text: str) -> list[Mark]:
    """The parts of answers in what a user reads, or in what is kept for them."""
    return [Mark(*map(int, found)) for found in _MARK.findall(text)]


def parts_in(text: str) -> int:
    """How many parts a text has, apologies included."""
    return len(marks(text)) + text.count(APOLOGY)

"""How the stand-in behaves: as its flags say, and as the user says in the question."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final, Self


class Thoughts(StrEnum):
    """How a model shows what it thinks before it answers."""

    SILENT = "silent"
    REASONING = "reasoning"
    """In `reasoning_content`, as DeepSeek does."""
    TAGS = "tags"
    """In the answer itself, between `<think>` and `</think>`."""


@dataclass(frozen=True)
class Behaviour:
    """The answer's `length` in characters, its `speed` in tokens a second (0: all at once).

    It thinks for `think` seconds first. `fail` is an HTTP status instead of an answer. It hangs up
    after `cut` characters, or says nothing more after `hang` characters.
    """

    length: int = 600
    speed: float = 20
    think: float = 0
    thoughts: Thoughts = Thoughts.SILENT
    fail: int | None = None
    cut: int | None = None
    hang: int | None = None
    seed: int = 0

    def asked_for(self, question: str) -> Self:
        """This behaviour with what `question` changes, such as `length=3000 speed=50`."""
        changes: dict[str, Any] = {name: int(value) for name, value in _NUMBERS.findall(question)}
        if thoughts := _THOUGHTS.search(question):
            changes["thoughts"] = Thoughts(thoughts[1])
        return replace(self, **changes)


_NUMBERS: Final = re.compile(r"\b(length|speed|think|fail|cut|hang|seed)=(\d+)\b", re.ASCII)
_THOUGHTS: Final = re.compile(rf"\bthoughts=({'|'.join(Thoughts)})\b", re.ASCII)

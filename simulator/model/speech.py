"""How an answer comes out of the stand-in: thoughts, then token by token, or not to its end."""

import time
from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from . import texts
from .behaviour import Behaviour, Thoughts

Delta: TypeAlias = dict[str, str]
"""What is new since the last one, such as `{"content": "你"}`."""
Wait: TypeAlias = Callable[[float], None]

_THOUGHT: Final = "用户想知道什么？先想一想，再好好回答。"
_FOREVER: Final = 86400.0


class HungUp(Exception):
    """The connection ends here, and the answer has no end."""


def deltas(behaviour: Behaviour, said: str, wait: Wait) -> Iterator[Delta]:
    """The answer `said`, as it behaves. Raises HungUp."""
    yield from _thoughts(behaviour, wait)
    stops = [each for each in (behaviour.cut, behaviour.hang) if each is not None]
    heard = said[: min(stops, default=len(said))]
    for token in _paced(heard, behaviour.speed, wait):
        yield {"content": token}
    if heard != said:
        if behaviour.hang == len(heard):
            wait(_FOREVER)
        raise HungUp


def _thoughts(behaviour: Behaviour, wait: Wait) -> Iterator[Delta]:
    if not behaviour.think or behaviour.thoughts is Thoughts.SILENT:
        wait(behaviour.think)
        return
    in_tags = behaviour.thoughts is Thoughts.TAGS
    thought = _THOUGHT * max(1, round(behaviour.think))
    if in_tags:
        thought = f"<think>\n{thought}\n</think>\n\n"
    speed = sum(1 for _ in texts.tokens(thought)) / behaviour.think
    for token in _paced(thought, speed, wait):
        yield {"content" if in_tags else "reasoning_content": token}


def _paced(said: str, speed: float, wait: Wait) -> Iterator[str]:
    """The tokens of a text, so many a second."""
    began = time.monotonic()
    for count, token in enumerate(texts.tokens(said), 1):
        if speed:
            wait(max(0.0, began + count / speed - time.monotonic()))
        yield token

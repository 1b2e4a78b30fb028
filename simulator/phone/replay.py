"""A saved conversation is played again, step by step; each step shows whether it went the same."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any

from simulator import saved
from simulator.saved import Read, Step

from . import said
from .conversation import Conversation, Entry, Late, Turn

PATIENCE = 70
"""Seconds for which a late answer is waited for: longer than the worker tries."""
_LOOK = 0.1


def written(
    entries: Sequence[Entry], openid: str, late: Callable[[Turn], list[Late]]
) -> dict[str, Any]:
    """The user's conversation as a file; what is still under way is left out."""
    turns = [each for each in entries if isinstance(each, Turn) and each.openid == openid]
    return {
        "steps": [saved.of(turn.push, _read(turn, late(turn))) for turn in turns if turn.outcome]
    }


class Replay:
    """One replay at a time; `told` says how each step went."""

    def __init__(self, conversation: Conversation, url: str, changed: Callable[[], None]) -> None:
        self._conversation = conversation
        self._url = url
        self._changed = changed
        self._told: list[dict[str, Any]] = []
        self._task: asyncio.Task[None] | None = None

    def told(self) -> list[dict[str, Any]]:
        return list(self._told)

    def start(self, steps: Sequence[Step]) -> None:
        self.stop()
        self._told = [{"state": "waiting", "text": said_of(step)} for step in steps]
        self._task = asyncio.create_task(self._play(steps))
        self._changed()

    def stop(self) -> None:
        if self._task:
            self._task.cancel()

    async def _play(self, steps: Sequence[Step]) -> None:
        for position, step in enumerate(steps):
            self._tell(position, "running")
            await self._other_second(step.openid)
            turn = await self._conversation.begin(step.again(), self._url)
            read = await self._what_is_read(turn, len(step.read.late))
            state = "same" if saved.same(step.read, read) else "different"
            expected, actual = saved.told(step.read), saved.told(read)
            self._tell(position, state, turn=turn.number, expected=expected, actual=actual)

    async def _other_second(self, openid: str) -> None:
        """Two events alike are told apart by their second alone."""
        turns = [each for each in self._conversation.entries if isinstance(each, Turn)]
        last = max((each.push.create_time for each in turns if each.openid == openid), default=0)
        await asyncio.sleep(max(0.0, last + 1 - time.time()))

    async def _what_is_read(self, turn: Turn, late: int) -> Read:
        deadline = time.monotonic() + PATIENCE
        while True:
            read = _read(turn, self._came_after(turn))
            if len(read.late) >= late or time.monotonic() > deadline:
                return read
            await asyncio.sleep(_LOOK)

    def _came_after(self, turn: Turn) -> list[Late]:
        later = self._conversation.entries[turn.number + 1 :]
        return [each for each in later if isinstance(each, Late) and each.openid == turn.openid]

    def _tell(self, position: int, state: str, **more: Any) -> None:
        self._told[position] = {**self._told[position], "state": state, **more}
        self._changed()


def said_of(step: Step) -> str:
    """What the user does in a step, in words."""
    return str(said.by_user(step.again())["text"])


def _read(turn: Turn, late: Sequence[Late]) -> Read:
    outcome = turn.outcome
    answer = said.by_account(outcome.reply) if outcome and outcome.reply else None
    fault = bool(outcome and outcome.fault)
    return Read(answer, fault, tuple(said.by_account(each.received.said) for each in late))

"""Replays a saved conversation step by step, and shows for each step whether it went the same."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any

from simulator import saved_conversations
from simulator.language import Language
from simulator.saved_conversations import Reading, Step

from . import rendering
from .attribution import Attribution
from .backend_view import BackendView
from .conversation import Conversation, Entry, Late, Turn

PATIENCE = 70
"""Seconds to wait for a late answer, longer than the worker tries."""
_LOOK = 0.25


def as_file(entries: Sequence[Entry], openid: str, backend: BackendView) -> dict[str, Any]:
    """The user's conversation as a file. Turns that are still under way are only counted."""
    attribution = Attribution(entries, backend)
    turns = [each for each in entries if isinstance(each, Turn) and each.openid == openid]
    ended = [each for each in turns if each.outcome and not backend.is_under_way(each.identity)]
    return {
        "format": saved_conversations.FORMAT,
        "steps": [
            saved_conversations.step_in_file(turn.push, _read(turn, attribution.late(turn)))
            for turn in ended
        ],
        "left_out": len(turns) - len(ended),
    }


class Replay:
    """One replay at a time. `results` says how each step went."""

    def __init__(
        self,
        conversation: Conversation,
        backend: BackendView,
        url: str,
        changed: Callable[[], None],
    ) -> None:
        self._conversation = conversation
        self._backend = backend
        self._url = url
        self._changed = changed
        self._steps: Sequence[Step] = ()
        self._results: list[dict[str, Any]] = []
        self._task: asyncio.Task[None] | None = None

    def results(self, language: Language = Language.CHINESE) -> list[dict[str, Any]]:
        """What the user does in each step, in words of that language, and how it went."""
        return [
            {"said": rendering.by_user(step.again(), language), **result}
            for step, result in zip(self._steps, self._results, strict=True)
        ]

    def start(self, steps: Sequence[Step]) -> None:
        self._steps, self._results = steps, [{"result": "waiting"} for _ in steps]
        self._task = asyncio.create_task(self._play(steps))
        self._changed()

    def stop(self) -> None:
        if self._task:
            self._task.cancel()

    def end(self) -> None:
        """Stops, and forgets how it went."""
        self.stop()
        self._steps, self._results = (), []

    async def _play(self, steps: Sequence[Step]) -> None:
        for position, step in enumerate(steps):
            self._tell(position, "running")
            await self._conversation.next_second(step.openid)
            turn = await self._conversation.begin(step.again(), self._url)
            reading = await self._what_is_read(turn, len(step.reading.late))
            result = "same" if saved_conversations.is_same(step.reading, reading) else "different"
            expected, actual = (
                saved_conversations.reading_in_file(step.reading),
                saved_conversations.reading_in_file(reading),
            )
            self._tell(position, result, turn=turn.number, expected=expected, actual=actual)

    async def _what_is_read(self, turn: Turn, late: int) -> Reading:
        """What the user has read when everything expected has come and nothing more can come."""
        deadline = time.monotonic() + PATIENCE
        while True:
            await self._backend.look()
            reading = _read(turn, Attribution(self._conversation.entries, self._backend).late(turn))
            has_ended = len(reading.late) >= late and is_over(turn, self._backend)
            if has_ended or time.monotonic() > deadline:
                return reading
            await asyncio.sleep(_LOOK)

    def _tell(self, position: int, result: str, **more: Any) -> None:
        self._results[position] = {**self._results[position], "result": result, **more}
        self._changed()


def is_over(turn: Turn, backend: BackendView) -> bool:
    """Whether the log has the end of the push, if there is a log and the push has arrived."""
    went_to_agent = turn.outcome is not None and turn.outcome.agent
    if not backend.has_log or not turn.identity or went_to_agent:
        return True
    has_failed = turn.outcome is not None and turn.outcome.failed  # and may never have arrived
    is_heard = has_failed or backend.has_line_of(turn.identity)
    return is_heard and not backend.is_under_way(turn.identity)


def _read(turn: Turn, late: Sequence[Late]) -> Reading:
    outcome = turn.outcome
    answer = rendering.by_account(outcome.reply) if outcome and outcome.reply else None
    fault = bool(outcome and outcome.fault)
    own = [each for each in late if each.openid == turn.openid]
    return Reading(
        answer, fault, tuple(rendering.by_account(each.received.message) for each in own)
    )

"""A stream of pushes whose answers are counted, for example while a secret is rotated."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from simulator import pushes
from simulator.platform.world import World

PAUSE = 0.2
"""Seconds between two pushes."""
OPENID = "oSimulated_stream_of_pushes_"
_TURNED_AWAY = (400, 403)


class PushStream:
    """Pushes of a user of its own, one after the other, until it is stopped."""

    def __init__(self, world: World, url: str, changed: Callable[[], None]) -> None:
        self.sent = self.answered = self.refused = self.failed = 0
        self._world = world
        self._url = url
        self._changed = changed
        self._task: asyncio.Task[None] | None = None

    @property
    def runs(self) -> bool:
        return self._task is not None and not self._task.done()

    def start(self, text: str) -> None:
        """Starts the stream, and counts from zero."""
        self.stop()
        self.sent = self.answered = self.refused = self.failed = 0
        self._task = asyncio.create_task(self._run(text))

    def stop(self) -> None:
        if self._task:
            self._task.cancel()
        self._task = None
        self._changed()

    def status(self) -> dict[str, Any]:
        counts = {name: getattr(self, name) for name in ("sent", "answered", "refused", "failed")}
        return {"runs": self.runs, **counts}

    async def _run(self, text: str) -> None:
        with suppress(asyncio.CancelledError):
            while True:
                await self._push(text)
                self._changed()
                await asyncio.sleep(PAUSE)

    async def _push(self, text: str) -> None:
        push = pushes.text(text).by(OPENID)
        outcome = await self._world.deliver(push, self._url, lambda _: None)
        self.sent += 1
        self.refused += sum(each.status in _TURNED_AWAY for each in outcome.exchanges)
        self.failed += outcome.failed
        self.answered += not outcome.failed

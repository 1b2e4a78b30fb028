"""Wakes everybody who waits for news."""

import asyncio
from contextlib import suppress


class Bell:
    """Who takes a ticket before he looks misses no ringing after his look."""

    def __init__(self) -> None:
        self._rings = asyncio.Event()

    def ring(self) -> None:
        self._rings.set()
        self._rings = asyncio.Event()

    def ticket(self) -> asyncio.Event:
        """What the next ringing sets."""
        return self._rings

    @staticmethod
    async def wait(ticket: asyncio.Event, seconds: float) -> None:
        """Returns when the bell has rung since the ticket was taken, or after so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await ticket.wait()

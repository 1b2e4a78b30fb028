"""Wakes everybody who waits for news."""

import asyncio
from contextlib import suppress


class Notifier:
    """Whoever takes a ticket before they look misses nothing that happens after the look."""

    def __init__(self) -> None:
        self._news = asyncio.Event()

    def notify(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    def ticket(self) -> asyncio.Event:
        """What the next news sets."""
        return self._news

    @staticmethod
    async def wait(ticket: asyncio.Event, seconds: float) -> None:
        """Returns when news has come since the ticket was taken, or after so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await ticket.wait()

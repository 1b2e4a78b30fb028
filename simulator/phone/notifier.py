"""Wakes everything that waits for news."""

import asyncio
from contextlib import suppress


class Notifier:
    """Take a ticket before you look, and you miss nothing that happens after the look."""

    def __init__(self) -> None:
        self._news = asyncio.Event()

    def notify(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    def ticket(self) -> asyncio.Event:
        """An event that the next news sets."""
        return self._news

    @staticmethod
    async def wait(ticket: asyncio.Event, seconds: float) -> None:
        """Returns when news has come since the ticket was taken, or after `seconds`."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await ticket.wait()

"""Sends news to the page as server-sent events: entries, calls, status, faults, tables.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

from . import views, web_authorizations
from .notifier import Notifier
from .phone import Phone

_LOOK = 1.0
"""Seconds after which it looks without a notification, because typing, for one, just ends."""
_CALLS = 200


class Feed:
    """The events of one open page, which has the entries up to `revision`."""

    def __init__(self, phone: Phone, revision: int) -> None:
        self._phone = phone
        self._revision = revision
        self._calls = max(0, len(phone.world.calls) - _CALLS)
        self._sent: dict[str, str] = {}

    async def events(self) -> AsyncIterator[str]:
        """The events as text, until the server ends."""
        phone = self._phone
        phone.backend.watched_by += 1
        try:
            yield _event("hello", phone.session)
            while not phone.ending():
                ticket = phone.notifier.ticket()
                news = "".join(self._news())
                if news:
                    yield news
                await Notifier.wait(ticket, _LOOK)
        finally:
            phone.backend.watched_by -= 1
            if not phone.backend.watched_by:
                phone.stream.stop()

    def _news(self) -> Iterator[str]:
        """The events for everything that changed."""
        phone = self._phone
        for topic, value in self._topics().items():
            encoded = _json(value)
            if self._sent.get(topic) != encoded:
                self._sent[topic] = encoded
                yield _event(topic, encoded)
        if entries := phone.conversation.since(self._revision):
            self._revision = phone.conversation.revision
            mark = f"{phone.session}-{self._revision}"
            yield _event(
                "entries",
                _json([views.entry(each, phone.conversation, phone.backend) for each in entries]),
                mark,
            )
        calls = phone.world.calls
        if len(calls) > self._calls:
            new = range(self._calls, len(calls))
            self._calls = len(calls)
            yield _event("calls", _json([views.call(number, calls[number]) for number in new]))

    def _topics(self) -> dict[str, Any]:
        phone = self._phone
        return {
            "status": phone.status(),
            "faults": views.faults(phone.world.faults),
            "tables": phone.backend.tables_shown,
            "web-authorizations": [
                web_authorizations.summary(each) for each in phone.web_authorizations.last
            ],
        }


def _event(name: str, data: str, mark: str = "") -> str:
    identified = f"id: {mark}\n" if mark else ""
    return f"{identified}event: {name}\ndata: {data}\n\n"


def _json(value: object) -> str:
    # ASCII only, because a browser can send lone surrogates, which UTF-8 cannot encode.
    return json.dumps(value)

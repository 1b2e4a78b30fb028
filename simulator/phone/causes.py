"""Notes for each late message the push for which it was sent, as soon as the log shows it."""

import time

from .attribution import Attribution
from .backend_view import BackendView
from .conversation import Conversation, Late

_PATIENCE = 60
"""Seconds after which the log is not asked any more about a message."""


class Causes:
    """The late messages whose push may still turn out to be another, or to be known at all."""

    def __init__(self, conversation: Conversation, backend: BackendView) -> None:
        self._conversation = conversation
        self._backend = backend
        self._open: list[int] = []
        self._seen = 0

    def look(self) -> None:
        """Finds the push of each message for which it may have changed since the last look."""
        entries = self._conversation.entries
        new = entries[self._seen :]
        self._seen = len(entries)
        self._open += [each.number for each in new if isinstance(each, Late)]
        if self._open:
            attribution = Attribution(entries, self._backend)
            self._open = [each for each in self._open if self._is_open(each, attribution)]

    def _is_open(self, number: int, attribution: Attribution) -> bool:
        late = self._conversation.entries[number]
        if not isinstance(late, Late):
            return False
        cause = attribution.cause(late)
        own = cause is None and attribution.is_own(late)
        self._conversation.attribute(late, cause, own=own)
        if cause is None:
            return time.time() - late.at < _PATIENCE
        return self._backend.is_under_way(cause.identity)

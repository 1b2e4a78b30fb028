"""Cuts an answer into parts, each small enough for a passive reply and for a message.

A part has a name, `<identity>.<n>`, and keeps it wherever it waits. So it can be taken out of a
line by name, however the line has changed meanwhile.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .. import log
from ..wechat import plain_json
from ..wechat.passive import bytes_in_text
from ..wechat.replies import TEXT_BYTES, By, Label, News, Reply, Text, TransferCustomerService
from ..wechat.reply_json import packed, unpacked
from ..wechat.texts import cut

ROOM = 64
"""UTF-8 bytes of a message that are kept free for a line that says how to read the rest."""
PART_BYTES = TEXT_BYTES - ROOM
APOLOGY = 0
"""The number of a push's apology among its parts."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an answer: its reply as values for JSON, and when it was put (epoch seconds)."""

    name: str
    kept: Mapping[str, Any]
    put: float

    @property
    def reply(self) -> Reply:
        """Raises UnknownKind when a later release wrote it."""
        return unpacked(self.kept)

    @property
    def text(self) -> Text | None:
        """Its reply; None when it is no plain text."""
        reply = self.reply if self.kept.get("kind") == Text.msgtype else None
        return reply if isinstance(reply, Text) else None


class Counts:
    """Counts what becomes of parts, each part once, however often its write is tried.

    It counts before the write, because that may be done and not confirmed.
    """

    def __init__(self) -> None:
        self._counted: set[str] = set()

    def dropped(self, reason: str, names: Iterable[str]) -> None:
        """Counts parts that no user will ever read."""
        event = "an answer cannot be sent any more and was dropped"
        self._count(event, "AnswerDropped", names, reason=reason)

    def repeated(self, names: Iterable[str]) -> None:
        """Counts parts that may have been shown already."""
        self._count("a part of an answer may be sent again", "PartRepeated", names)

    def _count(self, event: str, metric: str, names: Iterable[str], **fields: str) -> None:
        new = [name for name in names if name not in self._counted]
        self._counted.update(new)
        if new:
            log.error(event, {metric: len(new)}, identity=identity_of(new[0]), **fields)


def parts_of(
    identity: str, said: Iterable[Reply], now: float, counts: Counts, first: int = 1
) -> tuple[Part, ...]:
    """The answer `said` to a push, in parts; what only the connection can carry is dropped."""
    said = tuple(said)
    late = [f"{identity}.transfer{number}" for number in range(for_connection(said))]
    counts.dropped("transfer_customer_service is for the connection alone", late)
    pieces = [piece for reply in said for piece in _pieces(reply)]
    return tuple(
        Part(f"{identity}.{number}", packed(piece), now)
        for number, piece in enumerate(pieces, first)
    )


def for_connection(said: Iterable[Reply]) -> int:
    """How many replies only the connection can carry, so that they have no parts."""
    return sum(isinstance(reply, TransferCustomerService) for reply in said)


def to_json(parts: Iterable[Part]) -> str:
    return plain_json.stored(
        [{"name": part.name, "put": part.put, "reply": part.kept} for part in parts]
    )


def from_json(text: str) -> tuple[Part, ...]:
    return tuple(Part(each["name"], each["reply"], each["put"]) for each in json.loads(text))


def joined(parts: tuple[Part, ...]) -> tuple[tuple[Part, ...], Text | None]:
    """The texts at the head that fit one message together, with empty lines between them.

    Returns them and the text; the first part alone and None when it is no plain text. The text is
    labelled if any of them is.
    """
    text = parts[0].text
    if text is None:
        return parts[:1], None
    end = 1
    for part in parts[1:]:
        if part.text is None:
            break
        longer = Text(f"{text.content}\n\n{part.text.content}", ai=text.ai or part.text.ai)
        if bytes_in_text(longer) > PART_BYTES:
            break
        text, end = longer, end + 1
    return parts[:end], text


def room_beside(label: Label) -> int:
    """The UTF-8 bytes of a part that are left for a text with that label."""
    return PART_BYTES - bytes_in_text(Text("", ai=label))


def identity_of(name: str) -> str:
    """The identity of the push that the part `name` answers."""
    return name.partition(".")[0]


def _pieces(reply: Reply) -> Iterator[Reply]:
    match reply:
        case Text(content):
            size = room_beside(reply.ai)
            yield from (replace(reply, content=each) for each in cut(content, size))
        case By(kf_account, message):
            yield from (By(kf_account, piece) for piece in _pieces(message))  # type: ignore[arg-type]
        case News(articles):
            yield from (News(each, ai=reply.ai) for each in articles)
        case TransferCustomerService():
            return
        case _:
            yield reply

"""Everything users did and received, in order, whether a page is open or not."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias, TypeVar

from chalicelib.wechat.envelopes import Mode, identity
from chalicelib.wechat.errors import Unreadable
from chalicelib.wechat.parsing import parse
from simulator.account import Account
from simulator.outcome import Exchange, Outcome
from simulator.platform.world import Received, World
from simulator.pushes import Push


@dataclass(frozen=True, slots=True)
class Turn:
    """One action of a user. While it is under way it has no outcome, only the exchanges so far.

    `revision` grows with every change of the conversation, so that a page can ask for changes only.
    `account` is the account at that time, `identity` the backend's key for the push.
    """

    number: int
    revision: int
    at: float
    push: Push
    account: Account
    identity: str
    exchanges: tuple[Exchange, ...] = ()
    outcome: Outcome | None = None

    @property
    def openid(self) -> str:
        return self.push.from_user_name


@dataclass(frozen=True, slots=True)
class Late:
    """A message that reached a user by the API.

    `cause` is the number of the turn for which it was sent, as far as is known. `own` is whether it
    is a message of the account's own, which was sent for no turn.
    """

    number: int
    revision: int
    at: float
    received: Received
    cause: int | None = None
    own: bool = False

    @property
    def openid(self) -> str:
        return self.received.openid


Entry: TypeAlias = Turn | Late
E = TypeVar("E", Turn, Late)


class Conversation:
    """Entries in the order in which they began. Several turns may be under way at once."""

    def __init__(self, world: World, changed: Callable[[], None]) -> None:
        self.revision = 0
        self._world = world
        self._changed = changed
        self._entries: list[Entry] = []
        self._under_way: set[asyncio.Task[Turn]] = set()
        world.listeners.append(self._receive)

    @property
    def entries(self) -> tuple[Entry, ...]:
        return tuple(self._entries)

    @property
    def turns(self) -> list[Turn]:
        return [each for each in self._entries if isinstance(each, Turn)]

    @property
    def busy(self) -> bool:
        """Whether a push is under way."""
        return bool(self._under_way)

    def since(self, revision: int) -> list[Entry]:
        """The entries that changed after `revision`."""
        return [entry for entry in self._entries if entry.revision > revision]

    def begin(self, push: Push, url: str, mode: Mode | None = None) -> "asyncio.Task[Turn]":
        """Delivers `push`, and adds a turn that gets the outcome."""
        account = self._world.load()
        account = replace(account, mode=mode or account.mode)
        turn = Turn(
            number=len(self._entries),
            revision=0,
            at=time.time(),
            push=push,
            account=account,
            identity=_identity(push.xml(account.original_id)),
        )
        self._entries.append(turn)
        self._put(turn)
        task = asyncio.create_task(self._finished(turn, url))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task

    async def next_second(self, openid: str) -> None:
        """Waits for the next second, because equal events differ only by their second."""
        while self._last_second(openid) >= int(time.time()):
            await asyncio.sleep(1 - time.time() % 1)

    def touch(self, identity: str) -> None:
        """Marks the turn of that identity as changed by the backend."""
        for entry in self._entries:
            if isinstance(entry, Turn) and entry.identity == identity:
                self._put(entry)

    def late_of(self, turn: Turn) -> list[Late]:
        """The messages that were sent for the turn, as far as is known."""
        later = self._entries[turn.number + 1 :]
        return [each for each in later if isinstance(each, Late) and each.cause == turn.number]

    def attribute(self, late: Late, cause: Turn | None, *, own: bool) -> None:
        """Notes the turn for which the message was sent, or that it is the account's `own`."""
        number = cause.number if cause else None
        if (number, own) == (late.cause, late.own):
            return
        self._put(replace(late, cause=number, own=own))
        for each in self._entries:
            if isinstance(each, Turn) and each.number in (late.cause, number):
                self._put(each)

    def hang_up(self) -> None:
        """Cancels the deliveries that are under way."""
        for task in self._under_way:
            task.cancel()

    def _last_second(self, openid: str) -> int:
        own = (each for each in self.turns if each.openid == openid)
        return max((each.push.create_time for each in own), default=0)

    async def _finished(self, turn: Turn, url: str) -> Turn:
        def watch(exchange: Exchange) -> None:
            so_far.append(exchange)
            self._put(replace(turn, exchanges=tuple(so_far)))

        so_far: list[Exchange] = []
        outcome = await self._world.deliver(turn.push, url, watch, turn.account)
        return self._put(replace(turn, exchanges=outcome.exchanges, outcome=outcome))

    def _receive(self, received: Received) -> None:
        late = Late(len(self._entries), 0, time.time(), received)
        self._entries.append(late)
        self._put(late)

    def _put(self, entry: E) -> E:
        self.revision += 1
        current = replace(entry, revision=self.revision)
        self._entries[entry.number] = current
        self._changed()
        return current


def _identity(document: str) -> str:
    """The backend's key for a push, or empty if it cannot read the push."""
    body = document.encode("utf-8", "replace")
    try:
        return identity(parse(body), body)
    except Unreadable:
        return ""

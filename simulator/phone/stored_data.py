"""Changes what the backend stores, as an operator or the backend itself does.

Dead letters and profiles are changed by `python -m ops`, sessions and lines by the backend's own
code, which writes nothing over a change that it has not seen.
"""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Mapping

from chalicelib.adapters.dynamodb import DynamoDbTable
from chalicelib.delivery.line import Line
from chalicelib.ports import ConditionFailed, Unavailable
from chalicelib.router.session import Session

from . import programs, stage

_STAGE = ("--stage", "dev")


class NotChanged(Exception):
    """It was not changed. The message says why."""


async def resend(identity: str) -> None:
    """Puts a dead letter back into its queue. Raises NotChanged."""
    await _operate("dead-letters", "redrive", *_STAGE, "--yes", "--", identity)


async def forget(openid: str) -> None:
    """Deletes all data of a user, and signs them out. Raises NotChanged."""
    await _operate("user", "forget", *_STAGE, "--yes", "--", openid)


async def clear_session(openid: str) -> None:
    """Ends the user's conversation: their session is empty, and has no state. Raises NotChanged."""

    def clear() -> None:
        state = _state()
        session = Session(state, openid, time.time)
        session.clear()
        session.state = None
        if writes := session.writes():
            state.write(*writes)

    await _changed(clear)


async def empty_line(openid: str) -> None:
    """Drops what waits to be sent to the user. Raises NotChanged."""

    def empty() -> None:
        state, now = _state(), time.time()
        line = Line.look(state, openid, now)
        emptied = line.without(tuple(part.name for part in line.parts))
        if line.parts:
            state.write(*line.writes(emptied, now).writes)

    await _changed(empty)


ACTS: Mapping[str, Callable[[str], Awaitable[None]]] = {
    "resend": resend,
    "forget": forget,
    "clear": clear_session,
    "empty": empty_line,
}
"""What can be done, to a dead letter of that identity or to a user of that openid."""


def _state() -> DynamoDbTable:
    return DynamoDbTable(stage.state_table(stage.settings()))


async def _operate(*arguments: str) -> None:
    ended = await programs.run(os.environ, "ops", *arguments)
    if ended.code:
        told = ended.errors.strip().splitlines()[-1:]
        raise NotChanged("".join(told).removeprefix("Error: "))


async def _changed(change: Callable[[], None]) -> None:
    try:
        await asyncio.to_thread(change)
    except ConditionFailed:
        raise NotChanged("the backend has just changed it; try again") from None
    except Unavailable as error:
        raise NotChanged(str(error)) from None

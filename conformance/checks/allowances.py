"""WeChat takes five messages after a user has written, and refuses the sixth (45047).

Whether another message of the user sets the count back to five or adds five is documented nowhere,
so nothing may be lost either way.
"""

import time
from itertools import pairwise

from .. import pushes
from ..backend import Backend, Failed
from ..check import check

PARTS = 8
"""How many messages the answer to `--many` has at least, or as many as fit."""


def _asks_for_many(backend: Backend, user: str, *, adds_up: bool) -> None:
    backend.heard.wrote(user, adds_up=adds_up)
    backend.does(pushes.text(backend.options.many or ""), user)


def _settles(backend: Backend, user: str) -> int:
    """How many messages have come when no more come."""
    messages, seen = backend.heard.messages[user], -1
    if not backend.eventually(lambda: bool(messages)):
        raise Failed("no message came")
    while seen < len(messages):
        seen = len(messages)
        time.sleep(backend.wire.patience / 2)
    return seen


def _all_of_it(backend: Backend, *, adds_up: bool) -> str:
    user = pushes.openid()
    _asks_for_many(backend, user, adds_up=adds_up)
    first = _settles(backend, user)
    if first > 5:
        raise Failed(f"{first} messages came, although five are allowed")
    for _ in range(3):
        backend.heard.wrote(user, adds_up=adds_up)
        backend.does(pushes.text("继续"), user)
        _settles(backend, user)
    said = "".join(backend.heard.texts(user))
    missing = [str(n) for n in range(1, PARTS + 1) if f"[{n}]" not in said]
    twice = [str(n) for n in range(1, PARTS + 1) if said.count(f"[{n}]") > 1]
    if missing or twice:
        raise Failed(f"of [1] to [{PARTS}] missing: {missing}, twice: {twice}")
    return f"{first} messages, and the rest after the user wrote again"


@check("many", "api")
def a_long_answer_is_whole_if_the_count_is_set_back(backend: Backend) -> str:
    """An answer of eight parts is read whole and once when each message of the user allows five.

    What WeChat refuses with 45047 has to wait for the user's next message, not to be dropped.
    """
    return _all_of_it(backend, adds_up=False)


@check("many", "api")
def a_long_answer_is_whole_if_the_count_adds_up(backend: Backend) -> str:
    """An answer of eight parts is read whole and once when each message of the user adds five.

    Backends that count for themselves hold back what WeChat would take.
    """
    return _all_of_it(backend, adds_up=True)


@check("many", "api")
def parts_do_not_race(backend: Backend) -> str:
    """The parts of an answer are sent in order, and not at the same moment.

    Phones show parts that leave within a fraction of a second in any order.
    """
    user = pushes.openid()
    _asks_for_many(backend, user, adds_up=False)
    _settles(backend, user)
    sent = backend.heard.messages[user]
    said = "".join(backend.heard.texts(user))
    numbers = [n for n in range(1, PARTS + 1) if f"[{n}]" in said]
    if [said.index(f"[{n}]") for n in numbers] != sorted(said.index(f"[{n}]") for n in numbers):
        raise Failed(f"they came as {said[:60]!r}")
    pauses = [after.at - before.at for before, after in pairwise(sent)]
    if pauses and min(pauses) < 0.2:
        raise Failed(f"two parts were {min(pauses):.2f} s apart")
    return f"{len(sent)} messages, at least {min(pauses, default=0):.1f} s apart"

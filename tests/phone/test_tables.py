"""Which of the many items in the backend's tables the page shows."""

from typing import Any

from simulator.phone.tables import LIMIT, newest


def item(kind: str, number: int) -> dict[str, Any]:
    return {"id": f"{kind}#{number}", "expires": float(number)}


def test_many_pushes_hide_no_session() -> None:
    pushes = [item("push", 1000 + number) for number in range(LIMIT + 10)]
    session = item("session", 1)
    shown = newest([session, *pushes])
    assert shown == [*reversed(pushes[10:]), session]


def test_an_outbox_of_an_earlier_release_is_shown_while_something_waits_in_it() -> None:
    empty = {**item("outbox", 2), "waiting": "[]"}
    waits = {**item("outbox", 1), "waiting": '[{"kind": "text"}]'}
    assert newest([empty, waits]) == [waits]

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

"""What DynamoDB and its fake have in common."""

import time

import pytest

from chalicelib.adapters.dynamodb import DynamoDbTable
from chalicelib.conditions import (
    Condition,
    Item,
    above,
    absent,
    all_of,
    any_of,
    at_most,
    differs,
    equal,
    holds,
)
from chalicelib.ports import ConditionFailed, Misconfigured, Table, Unavailable, Write
from chalicelib.router.session import Session
from tests.dynamodb import state_table
from tests.fakes import Clock, FakeTable

ALWAYS = absent("nothing")
ITEM: Item = {"owner": "me", "arrival": 7.0, "sent": 0.0, "delivered": False, "waited": True}


@pytest.fixture(params=[FakeTable, state_table])
def table(request: pytest.FixtureRequest, aws: str) -> Table:
    made: Table = request.param()
    return made


def test_what_nobody_wrote_is_not_there(table: Table) -> None:
    assert table.get("push#1") is None


def test_what_was_written_is_read_as_it_was(table: Table) -> None:
    written: Item = {**ITEM, "answer": "你好 \x00 \"'{}", "arrival": 1_700_000_000.125, "none": ""}
    assert table.write(Write("push#1", ALWAYS, written)) == written
    assert table.get("push#1") == written


def test_booleans_stay_booleans(table: Table) -> None:
    table.write(Write("push#1", ALWAYS, ITEM))
    found = table.get("push#1") or {}
    assert found["delivered"] is False
    assert found["waited"] is True


def test_a_write_leaves_what_it_does_not_set(table: Table) -> None:
    table.write(Write("push#1", ALWAYS, ITEM))
    assert table.write(Write("push#1", ALWAYS, {"arrival": 9.0})) == {**ITEM, "arrival": 9.0}


@pytest.mark.parametrize(
    "condition",
    [
        absent("owner"),
        absent("answer"),
        equal("owner", "me"),
        equal("owner", "you"),
        equal("answer", ""),
        equal("delivered", value=False),
        equal("waited", value=False),
        at_most("arrival", 7.0),
        at_most("arrival", 6.999),
        at_most("answer", ""),
        differs("owner", "me"),
        differs("owner", "you"),
        differs("nothing", "me"),
        above("arrival", 6.999),
        above("arrival", 7.0),
        above("owner", ""),
        above("owner", "me"),
        all_of(equal("owner", "me"), above("arrival", 0.0)),
        all_of(equal("owner", "me"), above("arrival", 8.0)),
        any_of(equal("owner", "you"), above("arrival", 0.0)),
        any_of(equal("owner", "you"), above("arrival", 8.0)),
        any_of(absent("owner"), all_of(equal("sent", 0.0), absent("answer"))),
    ],
    ids=str,
)
@pytest.mark.parametrize("there", [True, False])
def test_conditions_hold_of_an_item_as_holds_says(
    table: Table, condition: Condition, there: bool
) -> None:
    if there:
        table.write(Write("push#1", ALWAYS, ITEM))
    item = table.get("push#1")
    if holds(condition, item):
        assert table.write(Write("push#1", condition, {"arrival": 8.0})) == {
            **(item or {}),
            "arrival": 8,
        }
    else:
        with pytest.raises(ConditionFailed) as refused:
            table.write(Write("push#1", condition, {"arrival": 8.0}))
        assert refused.value.found == {"push#1": item}
        assert table.get("push#1") == item


def test_numbers_are_added_to_what_is_there_or_to_nothing(table: Table) -> None:
    more = Write("limit#1", ALWAYS, {"expires": 1.0}, adds={"count": 1.0})
    assert table.write(more) == {"expires": 1.0, "count": 1.0}
    table.write(more, Write("push#1", ALWAYS, {"owner": "me"}))
    assert table.get("limit#1") == {"expires": 1.0, "count": 2.0}


def test_several_writes_are_all_done(table: Table) -> None:
    table.write(
        Write("push#1", ALWAYS, {"owner": "me"}), Write("session#1", ALWAYS, {"version": 1.0})
    )
    assert table.get("push#1") == {"owner": "me"}
    assert table.get("session#1") == {"version": 1.0}


def test_of_several_writes_none_is_done_when_one_is_refused(table: Table) -> None:
    table.write(Write("session#1", ALWAYS, {"version": 2.0}))
    with pytest.raises(ConditionFailed) as refused:
        table.write(
            Write("push#1", ALWAYS, {"owner": "me"}),
            Write("session#1", equal("version", 1.0), {"version": 2.0}),
            Write("outbox#1", equal("version", 1.0), {"version": 2.0}),
        )
    assert refused.value.found == {"session#1": {"version": 2.0}, "outbox#1": None}
    assert table.get("push#1") is None


def test_a_session_keeps_half_an_emoji(table: Table) -> None:
    clock = Clock(time.time())
    session = Session(table, "oMING", clock)
    session["name"] = "half \ud83d"
    table.write(*session.writes())
    assert Session(table, "oMING", clock)["name"] == "half \ud83d"


def test_an_expired_item_can_still_be_read(table: Table) -> None:
    table.write(Write("push#1", ALWAYS, {"owner": "me", "expires": time.time() - 1}))
    assert table.get("push#1") is not None


def test_a_table_out_of_reach_is_unavailable_and_asked_once(
    monkeypatch: pytest.MonkeyPatch, aws: str, calls: list[str]
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    table = DynamoDbTable("state")
    with pytest.raises(Unavailable, match="EndpointConnectionError"):
        table.get("push#1")
    with pytest.raises(Unavailable, match="EndpointConnectionError"):
        table.write(Write("push#1", ALWAYS, ITEM))
    assert calls == ["GetItem", "a new connection", "UpdateItem", "a new connection"]


def test_a_table_that_is_not_there_refuses_for_good(aws: str) -> None:
    with pytest.raises(Misconfigured, match="ResourceNotFound"):
        DynamoDbTable("no-such-table").get("push#1")

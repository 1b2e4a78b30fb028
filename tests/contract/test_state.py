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
    equal,
    holds,
)
from chalicelib.ports import ConditionFailed, Table, Unavailable, Write
from chalicelib.router.session import Session
from tests.dynamodb import state_table
from tests.fakes import Clock, FakeState

ALWAYS = absent("nothing")
ITEM: Item = {"owner": "me", "turn": 7.0, "sent": 0.0, "delivered": False, "waited": True}


@pytest.fixture(params=[FakeState, state_table])
def state(request: pytest.FixtureRequest, aws: str) -> Table:
    made: Table = request.param()
    return made


def test_what_nobody_wrote_is_not_there(state: Table) -> None:
    assert state.get("push#1") is None


def test_what_was_written_is_read_as_it_was(state: Table) -> None:
    written: Item = {**ITEM, "answer": "你好 \x00 \"'{}", "arrival": 1_700_000_000.125, "none": ""}
    assert state.write(Write("push#1", ALWAYS, written)) == written
    assert state.get("push#1") == written


def test_booleans_stay_booleans(state: Table) -> None:
    state.write(Write("push#1", ALWAYS, ITEM))
    found = state.get("push#1") or {}
    assert found["delivered"] is False
    assert found["waited"] is True


def test_a_write_leaves_what_it_does_not_set(state: Table) -> None:
    state.write(Write("push#1", ALWAYS, ITEM))
    assert state.write(Write("push#1", ALWAYS, {"turn": 9.0})) == {**ITEM, "turn": 9.0}


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
        at_most("turn", 7.0),
        at_most("turn", 6.999),
        at_most("answer", ""),
        above("turn", 6.999),
        above("turn", 7.0),
        above("owner", ""),
        above("owner", "me"),
        all_of(equal("owner", "me"), above("turn", 0.0)),
        all_of(equal("owner", "me"), above("turn", 8.0)),
        any_of(equal("owner", "you"), above("turn", 0.0)),
        any_of(equal("owner", "you"), above("turn", 8.0)),
        any_of(absent("owner"), all_of(equal("sent", 0.0), absent("answer"))),
    ],
    ids=str,
)
@pytest.mark.parametrize("there", [True, False])
def test_conditions_hold_of_an_item_as_holds_says(
    state: Table, condition: Condition, there: bool
) -> None:
    if there:
        state.write(Write("push#1", ALWAYS, ITEM))
    item = state.get("push#1")
    if holds(condition, item):
        assert state.write(Write("push#1", condition, {"turn": 8.0})) == {**(item or {}), "turn": 8}
    else:
        with pytest.raises(ConditionFailed) as refused:
            state.write(Write("push#1", condition, {"turn": 8.0}))
        assert refused.value.found == {"push#1": item}
        assert state.get("push#1") == item


def test_several_writes_are_all_done(state: Table) -> None:
    first = state.write(
        Write("push#1", ALWAYS, {"owner": "me"}), Write("session#1", ALWAYS, {"version": 1.0})
    )
    assert first == {"owner": "me"}
    assert state.get("session#1") == {"version": 1.0}


def test_of_several_writes_none_is_done_when_one_is_refused(state: Table) -> None:
    state.write(Write("session#1", ALWAYS, {"version": 2.0}))
    with pytest.raises(ConditionFailed) as refused:
        state.write(
            Write("push#1", ALWAYS, {"owner": "me"}),
            Write("session#1", equal("version", 1.0), {"version": 2.0}),
            Write("outbox#1", equal("version", 1.0), {"version": 2.0}),
        )
    assert refused.value.found == {"session#1": {"version": 2.0}, "outbox#1": None}
    assert state.get("push#1") is None


def test_a_session_keeps_half_an_emoji(state: Table) -> None:
    clock = Clock(time.time())
    session = Session(state, "oMING", clock)
    session["name"] = "half \ud83d"
    state.write(*session.writes())
    assert Session(state, "oMING", clock)["name"] == "half \ud83d"


def test_an_expired_item_can_still_be_read(state: Table) -> None:
    state.write(Write("push#1", ALWAYS, {"owner": "me", "expires": time.time() - 1}))
    assert state.get("push#1") is not None


def test_a_table_out_of_reach_is_unavailable_and_asked_once(
    monkeypatch: pytest.MonkeyPatch, aws: str, calls: list[str]
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    state = DynamoDbTable("state")
    with pytest.raises(Unavailable, match="EndpointConnectionError"):
        state.get("push#1")
    with pytest.raises(Unavailable, match="EndpointConnectionError"):
        state.write(Write("push#1", ALWAYS, ITEM))
    assert calls == ["GetItem", "a new connection", "UpdateItem", "a new connection"]


def test_a_table_that_is_not_there_is_unavailable(aws: str) -> None:
    with pytest.raises(Unavailable, match="ResourceNotFound"):
        DynamoDbTable("no-such-table").get("push#1")

"""The changes that two pushes of a user make to their session at the same time are merged."""

import pytest

from chalicelib.ports import ConditionFailed
from chalicelib.router.session import KEPT, Session, SessionConflict

from .fakes import Clock, FakeTable

USER = "oAlice"
BEFORE = {"name": "Alice", "phone": "1", "done": False}


@pytest.fixture
def clock() -> Clock:
    return Clock(1_800_000_000)


@pytest.fixture
def table(clock: Clock) -> FakeTable:
    """A table that holds the session BEFORE."""
    table = FakeTable()
    session = Session(table, USER, clock)
    session.update(BEFORE)
    table.write(*session.writes())
    return table


@pytest.fixture
def mine(table: FakeTable, clock: Clock) -> Session:
    """A session that was read before the other push wrote its own."""
    session = Session(table, USER, clock)
    len(session)
    return session


@pytest.fixture
def theirs(table: FakeTable, clock: Clock) -> Session:
    return Session(table, USER, clock)


def rebased(table: FakeTable, session: Session, *, mine_wins: bool = False) -> Session:
    """Writes the session, which is refused, and once more over what was found."""
    with pytest.raises(ConditionFailed) as refused:
        table.write(*session.writes())
    session.rebase(refused.value.found[session.key], mine_wins=mine_wins)
    table.write(*session.writes())
    return session


def stored(table: FakeTable, clock: Clock) -> dict[str, object]:
    return dict(Session(table, USER, clock))


def test_keys_that_one_side_set_changed_or_deleted_stay_so(
    table: FakeTable, clock: Clock, mine: Session, theirs: Session
) -> None:
    mine["city"], mine["name"] = "北京", "Alicia"
    del theirs["phone"]
    theirs["done"], theirs["day"] = True, "明天"
    table.write(*theirs.writes())
    rebased(table, mine)
    both = {"name": "Alicia", "done": True, "day": "明天", "city": "北京"}
    assert stored(table, clock) == dict(mine) == both


def test_a_key_that_i_deleted_is_gone(
    table: FakeTable, clock: Clock, mine: Session, theirs: Session
) -> None:
    del mine["phone"]
    theirs["name"] = "Alicia"
    table.write(*theirs.writes())
    rebased(table, mine)
    assert stored(table, clock) == {"name": "Alicia", "done": False}


def test_a_key_that_both_changed_is_a_conflict_and_changes_nothing(
    table: FakeTable, mine: Session, theirs: Session
) -> None:
    mine["name"], theirs["name"] = "Alicia", "Alison"
    table.write(*theirs.writes())
    with pytest.raises(SessionConflict):
        rebased(table, mine)
    assert mine["name"] == "Alicia"


def test_a_key_that_one_side_changed_and_the_other_deleted_is_a_conflict(
    table: FakeTable, mine: Session, theirs: Session
) -> None:
    mine["name"] = "Alicia"
    theirs.clear()
    table.write(*theirs.writes())
    with pytest.raises(SessionConflict):
        rebased(table, mine)


def test_my_value_stands_where_mine_wins(
    table: FakeTable, clock: Clock, mine: Session, theirs: Session
) -> None:
    mine["name"], theirs["name"], theirs["phone"] = "Alicia", "Alison", "2"
    table.write(*theirs.writes())
    rebased(table, mine, mine_wins=True)
    assert stored(table, clock) == {**BEFORE, "name": "Alicia", "phone": "2"}


def test_the_same_value_on_both_sides_is_no_conflict(
    table: FakeTable, clock: Clock, mine: Session, theirs: Session
) -> None:
    mine["name"] = theirs["name"] = "Alicia"
    mine["phone"] = "2"
    table.write(*theirs.writes())
    rebased(table, mine)
    assert stored(table, clock) == {**BEFORE, "name": "Alicia", "phone": "2"}


def test_what_the_other_side_did_already_is_not_written_again(
    table: FakeTable, mine: Session, theirs: Session
) -> None:
    mine["name"] = theirs["name"] = "Alicia"
    table.write(*theirs.writes())
    mine.rebase(table.get(mine.key), mine_wins=False)
    assert mine.writes() == []


def test_a_change_of_type_is_a_change(
    table: FakeTable, clock: Clock, mine: Session, theirs: Session
) -> None:
    mine["done"], theirs["name"] = 0, "Alicia"
    table.write(*theirs.writes())
    rebased(table, mine)
    assert stored(table, clock)["done"] is not False


def test_a_list_that_was_changed_in_place_is_a_change(
    table: FakeTable, clock: Clock, theirs: Session
) -> None:
    theirs["history"] = []
    table.write(*theirs.writes())
    mine = Session(table, USER, clock)
    mine["history"].append("hello")
    theirs = Session(table, USER, clock)
    theirs["name"] = "Alicia"
    table.write(*theirs.writes())
    rebased(table, mine)
    assert stored(table, clock) == {**BEFORE, "name": "Alicia", "history": ["hello"]}


def test_over_a_session_that_was_forgotten_only_my_changes_count(
    table: FakeTable, clock: Clock, mine: Session
) -> None:
    mine["city"] = "北京"
    del table.items[mine.key]
    rebased(table, mine)
    assert stored(table, clock) == {"city": "北京"}


def test_over_a_session_that_expired_only_my_changes_count(
    table: FakeTable, clock: Clock, mine: Session
) -> None:
    mine["city"] = "北京"
    clock.sleep(KEPT)
    mine.rebase(table.get(mine.key), mine_wins=False)
    table.write(*mine.writes())
    assert stored(table, clock) == {"city": "北京"}


class TestState:
    """The state stands beside the keys of the session."""

    def test_no_key_is_the_state_and_the_state_is_no_key(
        self, table: FakeTable, clock: Clock, mine: Session
    ) -> None:
        mine.state, mine["state"] = "booking.phone", "my own"
        table.write(*mine.writes())
        again = Session(table, USER, clock)
        assert again.state == "booking.phone"
        assert dict(again) == {**BEFORE, "state": "my own"}

    def test_it_outlives_the_keys_and_goes_alone(
        self, table: FakeTable, clock: Clock, mine: Session
    ) -> None:
        mine.state = "booking.phone"
        mine.clear()
        table.write(*mine.writes())
        again = Session(table, USER, clock)
        assert again.state == "booking.phone"
        again.state = None
        table.write(*again.writes())
        assert Session(table, USER, clock).state is None

    def test_it_expires_with_the_session(
        self, table: FakeTable, clock: Clock, mine: Session
    ) -> None:
        mine.state = "booking.phone"
        table.write(*mine.writes())
        clock.sleep(KEPT)
        session = Session(table, USER, clock)
        assert session.state is None
        session["name"] = "Alicia"
        table.write(*session.writes())
        assert Session(table, USER, clock).state is None

    def test_a_state_that_is_the_same_is_not_written(
        self, table: FakeTable, clock: Clock, mine: Session
    ) -> None:
        mine.state = "booking.phone"
        table.write(*mine.writes())
        again = Session(table, USER, clock)
        again.state = "booking.phone"
        assert again.writes() == []

    def test_it_is_merged_as_a_key_is(
        self, table: FakeTable, clock: Clock, mine: Session, theirs: Session
    ) -> None:
        mine["city"], theirs.state = "北京", "booking.phone"
        table.write(*theirs.writes())
        assert rebased(table, mine).state == "booking.phone"
        mine.state = "booking.day"
        theirs = Session(table, USER, clock)
        theirs["done"] = True
        table.write(*theirs.writes())
        rebased(table, mine)
        assert Session(table, USER, clock).state == "booking.day"

    def test_two_states_are_a_conflict(
        self, table: FakeTable, mine: Session, theirs: Session
    ) -> None:
        mine.state, theirs.state = "booking.phone", "booking.day"
        table.write(*theirs.writes())
        with pytest.raises(SessionConflict):
            rebased(table, mine)
        mine.rebase(table.get(mine.key), mine_wins=True)
        assert mine.state == "booking.phone"

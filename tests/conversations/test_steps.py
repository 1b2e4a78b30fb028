"""A conversation goes on step by step, beside a route that answers any text."""

import pytest

from chalicelib.router.session import KEPT
from simulator import pushes
from tests.door import Door
from tests.slow_answers.deliveries import ALICE, SUCCESS, say, texts


def read(door: Door, text: str, openid: str = ALICE) -> str:
    """What the user reads at once."""
    body = say(door, text, openid).body
    return body.partition("<Content><![CDATA[")[2].partition("]]>")[0]


def test_a_conversation_in_steps(door: Door) -> None:
    assert say(door, "hello") == SUCCESS
    assert read(door, "book") == "your name?"
    assert read(door, "Alice") == "Alice, your phone?"
    assert read(door, "what?") == "digits, please"
    assert read(door, "138") == "all right?"
    assert read(door, "yes") == "booking…"
    door.work()
    assert say(door, "hello again") == SUCCESS
    door.work()
    answers = ["the model on hello", "booked for Alice, 138", "the model on hello again"]
    assert texts(door) == answers


def test_it_is_the_users_own(door: Door) -> None:
    read(door, "book")
    assert say(door, "Bob", "oBob") == SUCCESS
    assert read(door, "Alice") == "Alice, your phone?"


def test_a_pattern_of_states_is_left_from_any_step(door: Door) -> None:
    assert say(door, "cancel") == SUCCESS
    read(door, "book")
    read(door, "Alice")
    assert read(door, "cancel") == "cancelled"
    assert say(door, "138") == SUCCESS


def test_a_route_without_a_state_answers_in_between(door: Door) -> None:
    read(door, "book")
    assert read(door, "help") == "write book"
    assert read(door, "Alice") == "Alice, your phone?"


def test_it_is_forgotten_after_a_day(door: Door) -> None:
    read(door, "book")
    door.clock.sleep(KEPT)
    assert say(door, "Alice") == SUCCESS


def test_a_push_that_no_route_answers_in_its_state_is_unanswered(door: Door) -> None:
    assert door.push(pushes.click("NEXT").by(ALICE)) == SUCCESS
    assert door.log[-1]["outcome"] == "unanswered"
    read(door, "book")
    assert "a name, please" in door.push(pushes.click("NEXT").by(ALICE)).body


def test_continue_goes_to_the_step_when_nothing_waits(door: Door) -> None:
    read(door, "book")
    assert say(door, "继续") == SUCCESS
    door.work()
    assert texts(door) == ["继续, your phone?"]
    assert read(door, "138") == "all right?"


def test_without_the_api_it_is_the_same(passive: Door) -> None:
    assert read(passive, "book") == "your name?"
    assert read(passive, "Alice") == "Alice, your phone?"
    assert read(passive, "138") == "all right?"
    assert read(passive, "yes") == "booked for Alice, 138"
    assert read(passive, "hello") == "the model on hello"


class TestAWSCalls:
    """What it costs to ask for the state, in calls to the table and the queue.

    The session that was read for the state is the handler's, so a step that writes it reads once.
    """

    @pytest.mark.parametrize(
        ("before", "text", "table", "queue"),
        [
            ((), "help", 0, 0),
            (("book", "Alice"), "what?", 3, 0),
            ((), "book", 4, 0),
            (("book",), "Alice", 4, 0),
            ((), "hello", 2, 1),
            (("book", "Alice", "138"), "yes", 2, 1),
        ],
    )
    def test_a_push_costs(
        self, door: Door, before: tuple[str, ...], text: str, table: int, queue: int
    ) -> None:
        for each in before:
            say(door, each)
        calls = door.table.reads + door.table.writes, door.queue.sends
        say(door, text)
        now = door.table.reads + door.table.writes, door.queue.sends
        assert (now[0] - calls[0], now[1] - calls[1]) == (table, queue)

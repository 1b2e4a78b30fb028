"""The route of a push is chosen once, however the user's state moves on."""

import pytest

from chalicelib.delivery.jobs import WECHAT_WAITS
from chalicelib.router import Context, Router, Routes
from chalicelib.wechat.messages import TextMessage
from simulator.envelopes import Sealed
from tests.conversations.test_steps import read
from tests.door import Door
from tests.slow_answers.deliveries import SUCCESS, deliver, say, sealed, texts


@pytest.fixture
def runs(door: Door) -> list[str]:
    """The steps that ran, in an account whose first step fails at its first run."""
    runs: list[str] = []
    router = Router("steps", apology="sorry")

    @router.on(TextMessage, content="one")
    def to_one(message: TextMessage, ctx: Context) -> None:
        ctx.state = "one"

    @router.on(TextMessage, content="two")
    def to_two(message: TextMessage, ctx: Context) -> None:
        ctx.state = "two"

    @router.on(TextMessage, content="slowly", state="one", slow=True, ack="a moment")
    def slowly(message: TextMessage, ctx: Context) -> str:
        runs.append("slowly")
        return "the slow one"

    @router.on(TextMessage, content="broken", state="two")
    def broken(message: TextMessage, ctx: Context) -> str:
        raise LookupError

    @router.on(TextMessage, state="one")
    def one(message: TextMessage, ctx: Context) -> str:
        runs.append("one")
        if len(runs) == 1:
            raise LookupError
        return "the first one"

    @router.on(TextMessage, state="two")
    def two(message: TextMessage, ctx: Context) -> str:
        runs.append("two")
        return "the second one"

    door.routes = Routes(router)
    door.process()
    return runs


def lose(door: Door, push: Sealed) -> None:
    """Delivers a push while the queue takes no job."""
    door.queue.available = False
    deliver(door, push)
    door.queue.available = True


def test_a_redelivery_is_answered_word_for_word_though_the_state_has_moved(door: Door) -> None:
    say(door, "book")
    push = sealed(door, "Alice")
    assert "Alice, your phone?" in deliver(door, push).body
    door.clock.sleep(5)
    assert "Alice, your phone?" in deliver(door, push).body
    assert read(door, "138") == "all right?"


def test_a_redelivery_takes_the_route_that_the_claim_chose(door: Door, runs: list[str]) -> None:
    say(door, "one")
    push = sealed(door, "x")
    lose(door, push)
    say(door, "two")
    assert deliver(door, push) == SUCCESS
    assert door.log[-1]["route"] == "steps.one"
    door.work()
    assert (runs, texts(door)) == (["one", "one"], ["the first one"])


def test_of_a_slow_route_too(door: Door, runs: list[str]) -> None:
    say(door, "one")
    push = sealed(door, "slowly")
    lose(door, push)
    say(door, "two")
    assert "a moment" in deliver(door, push).body
    door.work()
    assert (runs, texts(door)) == (["slowly"], ["the slow one"])


def test_a_job_takes_the_route_that_the_claim_chose(door: Door, runs: list[str]) -> None:
    """A claim that was lost leaves a job of another route."""
    say(door, "two")
    push = sealed(door, "x")
    door.table.lost_writes = 2
    deliver(door, push)
    say(door, "one")
    lose(door, push)
    door.work(seconds=60)
    assert (runs, texts(door)) == (["one", "one"], ["the first one"])


def test_a_route_that_this_release_does_not_know_waits_for_one_that_does(
    door: Door, runs: list[str]
) -> None:
    say(door, "one")
    push = sealed(door, "slowly")
    lose(door, push)
    known, door.routes = door.routes, Routes(_later_release())
    door.process()
    assert deliver(door, push) == SUCCESS
    door.work()
    assert texts(door) == []
    door.routes = known
    door.work(seconds=5)
    assert (runs, texts(door)) == (["slowly"], ["the slow one"])


def _later_release() -> Router:
    router = Router("later")

    @router.on(TextMessage, state="one", slow=True, ack="wait")
    def answer(message: TextMessage, ctx: Context) -> str:
        return "another one"

    return router


class TestAStateThatCannotBeRead:
    """The worker chooses the route when the table is back."""

    @staticmethod
    def say_without_table(door: Door, text: str) -> None:
        door.table.available = False
        assert say(door, text) == SUCCESS
        door.table.available = True

    def test_the_worker_chooses(self, door: Door) -> None:
        say(door, "book")
        self.say_without_table(door, "Alice")
        assert door.log[-1]["outcome"] == "handed_over"
        door.work()
        assert texts(door) == ["Alice, your phone?"]
        assert door.log[-1]["route"] == "booking.name"
        assert read(door, "138") == "all right?"

    def test_a_long_job_is_left_to_the_long_worker(self, door: Door) -> None:
        say(door, "research")
        self.say_without_table(door, "tea")
        door.work(0, door.queue)
        assert door.log[-1]["outcome"] == "moved"
        assert texts(door) == []
        door.work(0, door.long_queue)
        assert texts(door) == ["found tea"]

    def test_where_no_route_answers_nothing_is_done(self, door: Door, runs: list[str]) -> None:
        self.say_without_table(door, "x")
        door.work()
        assert (len(door.queue), door.queue.dead, texts(door)) == (0, [], [])
        assert door.log[-1]["outcome"] == "silent"

    def test_its_user_reads_the_apology_of_the_route(self, door: Door, runs: list[str]) -> None:
        say(door, "two")
        self.say_without_table(door, "broken")
        door.work(seconds=120)
        assert texts(door) == ["sorry"]
        assert len(door.queue.dead) == 1

    def test_without_table_and_queue_wechat_delivers_again(self, door: Door) -> None:
        say(door, "book")
        push = sealed(door, "Alice")
        door.table.available = door.queue.available = False
        deliver(door, push)
        assert door.log[-1]["outcome"] == "refused_by_queue"
        door.table.available = door.queue.available = True
        assert "Alice, your phone?" in deliver(door, push).body

    def test_without_the_api_a_redelivery_is_not_told_success(self, passive: Door) -> None:
        """An earlier delivery may have said what waited for the user."""
        push = sealed(passive, "hello")
        passive.table.available = False
        assert self.seconds_of(passive, push) < 1
        passive.clock.sleep(5)
        assert self.seconds_of(passive, push) > WECHAT_WAITS

    @staticmethod
    def seconds_of(door: Door, push: Sealed) -> float:
        arrival = door.clock.now
        deliver(door, push)
        return door.clock.now - arrival

"""A user may use a limited route so often in a day of China; then they read why it is silent."""

import pytest

from chalicelib.router import Context, PerDay, Router, Routes
from chalicelib.wechat.api_responses import ApiResponse
from chalicelib.wechat.messages import TextMessage
from chalicelib.wechat.replies import Reply, Text
from tests.door import Door
from tests.fakes import Request
from tests.slow_answers.deliveries import SEND, SUCCESS, deliver, say, sealed, texts
from tests.slow_routes import Killed
from tests.wechat_api import json_answer

DAY = 24 * 3600
NO_MORE = "no more today"


@pytest.fixture
def door(door: Door) -> Door:
    return in_the_morning(door)


@pytest.fixture
def passive(passive: Door) -> Door:
    return in_the_morning(passive)


def in_the_morning(door: Door) -> Door:
    """It is one o'clock in China."""
    door.clock.sleep(until_midnight(door) + 3600)
    return door


def until_midnight(door: Door) -> float:
    """The seconds until a day begins in China, which is eight hours ahead of UTC."""
    return DAY - (door.clock.now + 8 * 3600) % DAY


def answers(door: Door, text: str, times: int, openid: str = "oAlice") -> list[bool]:
    """Whether each of so many pushes is answered by its handler, and not by the limit's text."""
    bodies = [say(door, text, openid).body for _ in range(times)]
    assert all((f"{text} answer" in body) != (NO_MORE in body) for body in bodies)
    return [NO_MORE not in body for body in bodies]


def late_answers(door: Door, times: int) -> list[str]:
    for _ in range(times):
        say(door, "rationed")
    door.work(seconds=10)
    return texts(door)


class TestAtTheDoor:
    def test_the_third_push_of_a_day_reads_the_limits_text(self, door: Door) -> None:
        assert answers(door, "scarce", 4) == [True, True, False, False]

    def test_each_user_has_a_limit_of_their_own(self, door: Door) -> None:
        answers(door, "scarce", 2)
        assert answers(door, "scarce", 1, "oBob") == [True]

    def test_a_day_ends_at_midnight_in_china(self, door: Door) -> None:
        answers(door, "scarce", 2)
        door.clock.sleep(until_midnight(door) - 1)
        assert answers(door, "scarce", 1) == [False]
        door.clock.sleep(2)
        assert answers(door, "scarce", 1) == [True]

    def test_a_redelivery_does_not_count(self, door: Door) -> None:
        push = sealed(door, "scarce")
        assert deliver(door, push).body == deliver(door, push).body
        assert answers(door, "scarce", 2) == [True, False]

    def test_a_redelivery_of_a_push_over_the_limit_reads_its_text_again(self, door: Door) -> None:
        answers(door, "scarce", 2)
        push = sealed(door, "scarce")
        assert NO_MORE in deliver(door, push).body
        assert NO_MORE in deliver(door, push).body

    def test_a_claim_that_is_not_confirmed_counts_once(self, door: Door) -> None:
        answers(door, "scarce", 1)
        door.table.unconfirmed = 1
        assert answers(door, "scarce", 2) == [True, False]

    def test_an_account_without_customer_service_counts_as_well(self, passive: Door) -> None:
        assert answers(passive, "scarce", 3) == [True, True, False]


class TestAtTheWorker:
    def test_a_second_try_does_not_count(self, door: Door) -> None:
        assert late_answers(door, 3) == ["rationed answer", "rationed answer", NO_MORE]

    def test_what_the_door_could_not_record_is_counted(self, door: Door) -> None:
        answers(door, "scarce", 1)
        door.table.available = False
        assert [say(door, "scarce"), say(door, "scarce")] == [SUCCESS] * 2
        door.table.available = True
        door.work()
        assert texts(door) == ["scarce answer", NO_MORE]

    def test_over_the_limit_the_rest_of_an_answer_can_still_be_read(self, door: Door) -> None:
        model = Router("model")

        @model.on(TextMessage, slow=True, limit=PerDay(1, NO_MORE))
        def answer(message: TextMessage, ctx: Context) -> Reply:
            return Text("an answer")

        door.routes = Routes(model)
        door.process()
        door.wechat.answers[SEND] = json_answer(errcode=45047, errmsg="out of response count limit")
        say(door, "a question")
        door.work()
        del door.wechat.answers[SEND]
        for _ in range(2):
            say(door, "继续")
            door.work()
        assert texts(door) == ["an answer", NO_MORE]

    def test_who_goes_on_after_a_crash_says_the_limits_text_too(self, door: Door) -> None:
        late_answers(door, 2)
        respond, dying = door.wechat.transport.respond, [True]

        def die_once(request: Request) -> ApiResponse:
            if dying and dying.pop():
                raise Killed
            return respond(request)

        door.wechat.transport.respond = die_once
        say(door, "rationed")
        with pytest.raises(Killed):
            door.work()
        door.work(seconds=70)
        assert texts(door)[2:] == [NO_MORE]

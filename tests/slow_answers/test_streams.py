"""What a stream yields leaves as it is yielded; what overruns or is cancelled ends."""

import pytest

from chalicelib.delivery.message import HINT
from chalicelib.wechat.gathering import SHORT
from tests.door import Door
from tests.fakes import Ended
from tests.slow_answers.deliveries import ALICE, deliver, say, sealed, texts
from tests.slow_routes import Killed
from tests.streaming_routes import answer, routes
from tests.wechat_api import json_answer

TYPING = "/cgi-bin/message/custom/typing"


@pytest.fixture
def door(door: Door) -> Door:
    door.routes = routes(door.clock.sleep)
    door.process()
    return door


@pytest.fixture
def passive(passive: Door) -> Door:
    passive.routes = routes(passive.clock.sleep)
    passive.process()
    return passive


def finish(door: Door) -> None:
    """Lets workers die and come again until nothing is left to do."""
    for _ in range(5):
        try:
            door.work(seconds=200)
        except Killed:
            door.clock.meanwhile.clear()
        else:
            return


class TestAStream:
    def test_its_text_comes_in_few_messages_that_are_whole_sentences(self, door: Door) -> None:
        say(door, "model")
        door.work()
        assert "".join(texts(door)) == answer(30)
        assert 2 <= len(texts(door)) <= 5
        assert all(text.endswith("。") for text in texts(door))

    @pytest.mark.parametrize("said", ["model", "novel"])
    def test_its_first_text_comes_within_six_seconds(self, door: Door, said: str) -> None:
        read: list[int] = []
        say(door, said)
        door.at(6, lambda: read.append(len(texts(door))))
        door.work()
        assert read == [1]

    def test_one_that_is_killed_anywhere_goes_on_where_it_was(self, door: Door) -> None:
        for at in range(0, 600, 7):  # no sentence has so many characters, nor a multiple
            openid = f"o{at}"
            door.routes = routes(door.clock.sleep)
            door.process()
            say(door, f"killed at {at}", openid)
            finish(door)
            assert "".join(texts(door, openid)) == answer(30), at
            assert len(texts(door, openid)) <= 5, at

    @pytest.mark.parametrize("seconds", [2, 0.2])
    def test_the_last_message_says_that_the_answer_to_a_later_question_is_to_come(
        self, door: Door, seconds: float
    ) -> None:
        """Also to one of the same second, which is all that WeChat's signature tells."""
        door.wechat.allowance = 5
        for _ in range(3):
            say(door, "model")
            door.clock.sleep(seconds)
        door.work(seconds=200)
        assert [text.endswith(HINT) for text in texts(door)] == [False] * 4 + [True]
        door.wechat.allowance = 5
        say(door, "继续")
        door.work()
        read = "".join(text.removesuffix(f"\n\n{HINT}") for text in texts(door))
        assert read.replace("\n", "") == answer(30) * 3

    @pytest.mark.parametrize("refused", [0, 1])
    def test_a_redelivery_is_no_later_question(self, door: Door, refused: int) -> None:
        """Neither a second after a delivery, nor when it makes the job that the queue refused."""
        door.wechat.allowance = 5
        only = sealed(door, "70 sentences")
        for number, pause in enumerate((0.2, 0.6, 5.2)):
            door.clock.sleep(pause)
            door.queue.available = number >= refused
            deliver(door, only)
        door.work(seconds=200)
        assert [text.endswith(HINT) for text in texts(door)] == [False] * 5

    def test_more_text_than_the_messages_hold_waits_for_the_word(self, door: Door) -> None:
        door.wechat.allowance = 5
        say(door, "novel")
        door.work()
        assert len(texts(door)) == 5
        assert texts(door)[-1].endswith(HINT)
        door.wechat.allowance = 5
        say(door, "继续")
        door.work()
        read = "".join(text.removesuffix(f"\n\n{HINT}") for text in texts(door))
        assert read.replace("\n", "") == answer(150)

    def test_one_that_cannot_go_on_ends_with_the_apology(self, door: Door) -> None:
        say(door, "cut off")
        door.work(seconds=200)
        assert "".join(texts(door)) == f"{answer(8)}sorry"
        assert len(door.queue.dead) == 1

    def test_a_reply_leaves_at_once_after_what_was_gathered(self, door: Door) -> None:
        say(door, "chapters")
        door.work()
        assert texts(door) == ["让我查一下。", "image", "查到了。"]
        assert texts(door, "oBob") == ["Alice asks"]
        assert "asked" in str(door.table.items[f"session#{ALICE}"]["data"])

    def test_an_empty_piece_lets_leave_what_is_gathered(self, door: Door) -> None:
        read: list[list[str]] = []
        say(door, "hesitant")
        door.at(6, lambda: read.append(texts(door)))
        door.work()
        assert read == [["先烫杯。"]]
        assert texts(door) == ["先烫杯。", "再倒水。"]

    def test_its_last_message_is_not_a_few_words(self, door: Door) -> None:
        say(door, "23 sentences")
        door.work()
        assert len(texts(door)[-1]) >= SHORT

    def test_a_message_that_begins_with_code_keeps_its_indentation(self, door: Door) -> None:
        say(door, "code")
        door.work()
        assert texts(door) == ["先烫杯。", "    pour(cup)"]

    def test_a_reply_of_which_nothing_can_be_sent_does_not_end_it(self, door: Door) -> None:
        say(door, "blank")
        door.work()
        assert texts(door) == ["好了。"]
        assert door.log[-1]["tries"] == 1

    def test_without_the_customer_service_api_it_waits_as_few_texts(self, passive: Door) -> None:
        assert say(passive, "model").body == "success"
        passive.work()
        first = say(passive, "继续")
        assert "第01句话" in first.body


class TestAnOverrun:
    @pytest.mark.parametrize(("said", "seconds"), [("hang", 52), ("short", 20)])
    def test_it_ends_with_the_apology_and_is_not_run_again(
        self, door: Door, said: str, seconds: int
    ) -> None:
        began = door.clock.now
        say(door, said)
        door.work()
        assert texts(door) == ["sorry"]
        assert door.clock.now - began == pytest.approx(seconds, abs=2)
        door.work(seconds=100)
        assert texts(door) == ["sorry"]
        assert len(door.queue.dead) == 1

    def test_the_log_says_what_to_write(self, door: Door) -> None:
        say(door, "hang")
        door.work()
        assert "took more than 52 seconds; write long=True" in door.log_text

    def test_one_that_nothing_ends_is_ended_with_its_process(self, door: Door) -> None:
        say(door, "stubborn")
        with pytest.raises(Ended):
            door.work()
        assert texts(door) == ["sorry"]
        door.work(seconds=100)
        assert len(door.queue.dead) == 1


class TestLongWork:
    def test_it_may_take_minutes_while_a_next_question_is_answered(self, door: Door) -> None:
        say(door, "research")
        say(door, "model")
        door.work(0, door.queue)
        assert "".join(texts(door)) == answer(30)
        door.work(0, door.long_queue)
        assert texts(door)[-1] == "found"

    def test_typing_is_shown_again_every_fifteen_seconds(self, door: Door) -> None:
        say(door, "research")
        door.work()
        assert len(door.wechat.requests(TYPING)) == 180 // 15 + 1

    def test_typing_is_not_shown_again_when_wechat_takes_it_no_more(self, door: Door) -> None:
        door.wechat.answers[TYPING] = json_answer(errcode=45080, errmsg="no session")
        say(door, "research")
        door.work()
        assert len(door.wechat.requests(TYPING)) == 1


class TestCancel:
    def test_nothing_of_the_work_comes_after_it(self, door: Door) -> None:
        say(door, "lines")
        door.at(33, lambda: say(door, "取消"))
        door.work(0, door.long_queue)
        assert texts(door) == [f"line {number}" for number in range(4)]
        assert door.log[-1]["outcome"] == "cancelled"
        assert len(door.long_queue.dead) == 0

    def test_a_stream_ends_at_its_next_piece_and_typing_with_it(self, door: Door) -> None:
        say(door, "novel")
        began = door.clock.now
        door.at(8, lambda: say(door, "取消"))
        door.work(0, door.long_queue)
        assert door.clock.now - began == pytest.approx(10, abs=1)
        assert door.wechat.requests(TYPING)[-1].fields["command"] == "CancelTyping"

    def test_a_stream_keeps_its_session(self, door: Door) -> None:
        say(door, "diary")
        door.at(8, lambda: say(door, "取消"))
        door.work()
        assert door.log[-1]["outcome"] == "cancelled"
        assert "diary" in str(door.table.items[f"session#{ALICE}"]["data"])

    def test_what_waits_of_it_is_not_said_either(self, door: Door) -> None:
        door.wechat.allowance = 2
        say(door, "lines")
        door.at(43, lambda: say(door, "取消"))
        door.work(0, door.long_queue)
        door.wechat.allowance = 5
        say(door, "继续")
        door.work()
        assert texts(door) == ["line 0", "line 1", "暂时没有更多内容"]

    def test_work_that_does_not_look_is_ended(self, door: Door) -> None:
        say(door, "research")
        began = door.clock.now
        door.at(33, lambda: say(door, "取消"))
        door.work(0, door.long_queue)
        assert texts(door) == []
        assert door.clock.now - began < 50

    def test_it_cancels_nothing_that_is_asked_later(self, door: Door) -> None:
        say(door, "取消")
        door.clock.sleep(1)
        say(door, "lines")
        door.work(0, door.long_queue)
        assert "\n\n".join(texts(door)) == "\n\n".join(f"line {number}" for number in range(20))
        assert len(texts(door)) == 5

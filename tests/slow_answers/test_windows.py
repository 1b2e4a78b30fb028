"""Answers are sent within the window that WeChat opens, and no more than it allows."""

from simulator import pushes
from tests.door import Door
from tests.slow_answers.deliveries import ALICE, SEND, say, texts


class TestWindows:
    def test_an_answer_after_its_window_is_not_tried(self, door: Door) -> None:
        door.push(pushes.click("REPORT").by(ALICE))
        door.clock.sleep(61)
        door.work()
        assert door.wechat.requests(SEND) == []
        assert door.counted("AnswerDropped") == 1
        assert "window_closed" in door.log_text

    def test_within_it_the_answer_is_sent(self, door: Door) -> None:
        door.push(pushes.click("REPORT").by(ALICE))
        door.clock.sleep(50)
        door.work()
        assert texts(door) == ["report"]

    def test_no_more_parts_are_sent_than_the_window_allows(self, door: Door) -> None:
        say(door, "many")
        door.work()
        assert texts(door) == ["0", "1", "2", "3", "4"]
        assert door.counted("AnswerDropped") == 2

    def test_a_kind_without_a_window_is_not_apologized_for(self, door: Door) -> None:
        door.push(pushes.unfollow().by(ALICE))
        door.work(seconds=300)
        assert door.wechat.requests(SEND) == []
        assert len(door.queue.dead) == 1

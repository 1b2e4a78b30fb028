"""WeChat is always asked, and what it refuses for now waits for the user's next push."""

import pytest

from chalicelib.delivery.outgoing import OutgoingMessages
from chalicelib.wechat.api_responses import ApiResponse
from simulator import pushes
from tests.door import Door
from tests.slow_answers.deliveries import ALICE, SEND, say, texts
from tests.wechat_api import json_answer

USED_UP = json_answer(errcode=45047, errmsg="out of response count limit")
CLOSED = json_answer(errcode=45015, errmsg="response out of time limit")


class TestWindows:
    def test_an_answer_after_its_window_waits(self, door: Door) -> None:
        door.push(pushes.click("REPORT").by(ALICE))
        door.clock.sleep(61)
        door.wechat.answers[SEND] = CLOSED
        door.work()
        assert door.log[-1]["outcome"] == "waits"
        assert door.counted("AnswerDropped") == 0
        assert door.counted("AnswerWaiting") == 1

    def test_within_it_the_answer_is_sent(self, door: Door) -> None:
        door.push(pushes.click("REPORT").by(ALICE))
        door.clock.sleep(50)
        door.work()
        assert texts(door) == ["report"]

    @pytest.mark.parametrize("refusal", [USED_UP, CLOSED])
    def test_what_is_refused_for_now_goes_with_the_next_push(
        self, door: Door, refusal: ApiResponse
    ) -> None:
        door.wechat.answers[SEND] = refusal
        say(door, "slow")
        door.work()
        del door.wechat.answers[SEND]
        say(door, "many")
        door.work()
        assert texts(door) == ["slow answer\n\n0\n\n1\n\n2\n\n3\n\n4\n\n5\n\n6"]
        assert len(door.queue.dead) == 0

    def test_more_parts_than_the_window_allows_are_joined(self, door: Door) -> None:
        say(door, "many")
        door.work()
        assert texts(door) == ["0\n\n1\n\n2\n\n3\n\n4\n\n5\n\n6"]
        assert door.counted("AnswerDropped") == 0

    def test_messages_sent_since_a_push_came_have_used_those_that_it_opened(
        self, door: Door
    ) -> None:
        for _ in range(3):
            say(door, "three")
            door.clock.sleep(0.5)
        door.work()
        one_by_one, together = ["1", "2", "3"], "1\n\n2\n\n3"
        assert texts(door) == [*one_by_one, together, together]

    def test_a_later_push_opens_messages_again(self, door: Door) -> None:
        for _ in range(3):
            say(door, "three")
            door.work()
            door.clock.sleep(1)
        assert texts(door) == ["1", "2", "3"] * 3

    def test_messages_that_release_1_1_0_counted_are_used_up(self, door: Door) -> None:
        say(door, "three")
        door.work()
        line = f"waiting#{ALICE}"
        kept = door.table.items[line].items()
        door.table.items[line] = {k: v for k, v in kept if k not in ("sent", "latest")}
        OutgoingMessages(door.queue, "seed", door.clock).send(ALICE, ["4", "5", "6"])
        door.work()
        assert texts(door)[3:] == ["4\n\n5\n\n6"]

    def test_a_kind_without_a_window_is_not_apologized_for(self, door: Door) -> None:
        door.push(pushes.unfollow().by(ALICE))
        door.work(seconds=300)
        assert door.wechat.requests(SEND) == []
        assert len(door.queue.dead) == 1


class TestTheRest:
    """继续 brings what waits."""

    def test_it_is_sent_when_the_user_asks_for_it(self, door: Door) -> None:
        door.wechat.answers[SEND] = USED_UP
        say(door, "slow")
        door.work()
        del door.wechat.answers[SEND]
        assert say(door, "继续").body == "success"
        door.work()
        assert texts(door)[-1] == "slow answer"
        assert door.log[-1]["outcome"] == "drained"

    def test_when_nothing_waits_the_user_is_told(self, door: Door) -> None:
        say(door, "继续")
        door.work()
        assert texts(door) == ["暂时没有更多内容"]

"""WeChat is always asked, and what it refuses for now waits for the user's next push."""

import pytest

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
        assert texts(door) == ["没有余下的内容了"]

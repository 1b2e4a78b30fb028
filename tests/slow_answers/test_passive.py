"""An account without the API answers by the next push."""

from chalicelib.config import LateAnswers
from chalicelib.router import Context, Router, Routes
from chalicelib.wechat.envelopes import Mode
from chalicelib.wechat.messages import TextMessage
from chalicelib.wechat.replies import MsgMenu, MsgMenuItem, Reply
from simulator import pushes
from tests.conftest import OpenDoor
from tests.door import Door
from tests.slow_answers.deliveries import ALICE, SEND, deliver, say, sealed
from tests.wechat_api import json_answer


class TestAnAccountWithoutTheApi:
    """LATE_ANSWERS=passive"""

    def test_a_redelivery_that_waited_gets_the_answer(self, passive: Door) -> None:
        push = sealed(passive, "late")
        deliver(passive, push)
        assert "late answer" in deliver(passive, push).body

    def test_a_slow_answer_waits_for_the_next_message(self, passive: Door) -> None:
        assert "a moment" in say(passive, "slow").body
        passive.work()
        reply = say(passive, "fast").body
        assert "slow answer" in reply
        assert "fast answer" in reply
        assert passive.wechat.requests(SEND) == []

    def test_it_is_shown_once(self, passive: Door) -> None:
        say(passive, "slow")
        passive.work()
        say(passive, "fast")
        assert "slow answer" not in say(passive, "fast").body

    def test_what_does_not_fit_one_reply_comes_one_by_one(self, passive: Door) -> None:
        assert "还有 2 条，回复“继续”查看" in say(passive, "long").body
        assert "还有 2 条，回复“继续”查看" in say(passive, "fast").body
        last = say(passive, "quiet").body
        assert "好" in last
        assert "fast answer" in last
        assert passive.queue.sends == 0

    def test_articles_that_have_to_wait_are_all_shown(self, passive: Door) -> None:
        say(passive, "slow")
        passive.work()
        assert "slow answer" in passive.push(pushes.click("ARTICLES").by(ALICE)).body
        assert "first article" in say(passive, "quiet").body
        assert "second article" in say(passive, "quiet").body

    def test_a_slow_route_that_asks_for_wechats_api_is_no_failure(self, passive: Door) -> None:
        say(passive, "ask")
        assert passive.log[-1]["outcome"] == "handed_over"
        assert "PushFailed" not in passive.log_text

    def test_what_no_reply_can_carry_is_dropped_when_its_turn_comes(self, passive: Door) -> None:
        passive.push(pushes.click("MENU").by(ALICE))
        assert passive.counted("AnswerDropped") == 1
        assert "fast answer" in say(passive, "fast").body

    def test_the_rest_is_fetched_by_its_word(self, passive: Door) -> None:
        say(passive, "long")
        assert "还有 1 条，回复“继续”查看" in say(passive, "继续").body
        assert "还有" not in say(passive, "继续").body

    def test_when_nothing_waits_the_user_is_told(self, passive: Door) -> None:
        assert "暂时没有更多内容" in say(passive, "继续").body

    def test_an_apology_that_no_push_can_fetch_hides_nothing(self, open_door: OpenDoor) -> None:
        menu = MsgMenu("sorry", (MsgMenuItem("again", "try again"),))
        router = Router("test", apology=menu)

        @router.on(TextMessage, content="broken")
        def broken(message: TextMessage, ctx: Context) -> Reply:
            raise LookupError

        @router.on(TextMessage, content="fast")
        def fast(message: TextMessage, ctx: Context) -> str:
            return "fast answer"

        door = open_door(Mode.PLAINTEXT, Routes(router), LateAnswers.PASSIVE)
        say(door, "broken")
        door.work(seconds=120)
        assert "fast answer" in say(door, "fast").body
        assert '"AnswerDropped": 1' in door.log_text

    def test_what_was_fetched_is_said_again_after_a_switch_of_modes(self, passive: Door) -> None:
        passive.push(pushes.text("misplaced").by(ALICE))
        passive.wechat.answers["/cgi-bin/user/info"] = json_answer(
            openid=ALICE, subscribe=1, remark="a fan"
        )
        passive.work()
        push = sealed(passive, "misplaced")
        assert "a fan" in deliver(passive, push).body
        passive.passive = False
        passive.process()
        assert "a fan" in deliver(passive, push).body

    def test_a_redelivery_shows_the_same_again(self, passive: Door) -> None:
        say(passive, "slow")
        passive.work()
        push = sealed(passive, "fast")
        first = deliver(passive, push).body
        passive.clock.sleep(5)
        assert "slow answer" in first
        assert "slow answer" in deliver(passive, push).body

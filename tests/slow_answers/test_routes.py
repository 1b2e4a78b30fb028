"""Who writes gets the answer, once, at the cost that its route has."""

import pytest

from tests.door import Door
from tests.slow_answers.deliveries import ALICE, SUCCESS, deliver, say, sealed, texts
from tests.wechat_api import json_answer


class TestASlowRoute:
    def test_the_user_reads_the_ack_at_once_and_the_answer_when_it_is_there(
        self, door: Door
    ) -> None:
        assert "a moment" in say(door, "slow").body
        assert texts(door) == []
        door.work()
        assert texts(door) == ["slow answer"]

    def test_without_an_ack_the_push_is_answered_success(self, door: Door) -> None:
        assert say(door, "long") == SUCCESS

    def test_it_shows_that_somebody_is_typing(self, door: Door) -> None:
        say(door, "slow")
        door.work()
        typing, *_ = door.wechat.requests("/cgi-bin/message/custom/typing")
        assert typing.fields == {"touser": ALICE, "command": "Typing"}

    def test_three_deliveries_are_one_answer(self, door: Door) -> None:
        push = sealed(door, "slow")
        for _ in range(3):
            assert "a moment" in deliver(door, push).body
            door.clock.sleep(5)
        door.work()
        assert texts(door) == ["slow answer"]

    def test_answers_come_in_the_order_of_the_questions(self, door: Door) -> None:
        say(door, "slow")
        say(door, "long")
        door.work()
        assert texts(door)[0] == "slow answer"

    def test_a_long_one_has_a_queue_of_its_own_so_that_no_other_question_waits_behind_it(
        self, door: Door
    ) -> None:
        say(door, "think")
        say(door, "slow")
        door.work(0, door.queue)
        assert texts(door) == ["slow answer"]
        door.work(0, door.long_queue)
        assert texts(door) == ["slow answer", "thought"]

    def test_a_long_text_comes_whole_in_parts(self, door: Door) -> None:
        say(door, "long")
        door.work()
        assert "".join(texts(door)) == "好" * 1500
        assert all(len(part.encode()) <= 2048 for part in texts(door))

    def test_what_cannot_travel_late_is_dropped_and_counted(self, door: Door) -> None:
        say(door, "human")
        door.work()
        assert texts(door) == []
        assert door.counted("AnswerDropped") == 1
        assert door.log[-1]["outcome"] == "refused"

    def test_its_handler_reaches_wechats_api(self, door: Door) -> None:
        known = json_answer(subscribe=1, openid=ALICE, remark="小明")
        door.wechat.answers["/cgi-bin/user/info"] = known
        say(door, "ask")
        door.work()
        assert texts(door) == ["小明"]


class TestAFastRoute:
    def test_it_is_answered_in_the_same_breath(self, door: Door) -> None:
        assert "fast answer" in say(door, "fast").body
        assert len(door.queue) == 0

    def test_a_redelivery_gets_the_first_answer_word_for_word(self, door: Door) -> None:
        push = sealed(door, "count")
        assert "<![CDATA[1]]>" in deliver(door, push).body
        door.clock.sleep(5)
        assert "<![CDATA[1]]>" in deliver(door, push).body
        assert "<![CDATA[2]]>" in say(door, "count").body

    def test_one_that_comes_at_once_is_told_from_the_first_by_the_record(self, door: Door) -> None:
        push = sealed(door, "fast")
        deliver(door, push)
        deliver(door, push)
        assert [line["delivery"] for line in door.log] == [1, 2]

    def test_a_late_answer_is_sent_by_the_worker_once(self, door: Door) -> None:
        assert say(door, "late") == SUCCESS
        door.work()
        assert texts(door) == ["late answer"]

    def test_several_replies_are_sent_by_the_worker(self, door: Door) -> None:
        assert say(door, "several") == SUCCESS
        door.work()
        assert texts(door) == ["one", "image"]

    def test_a_redelivery_of_an_answer_that_was_sent_is_success(self, door: Door) -> None:
        push = sealed(door, "late")
        deliver(door, push)
        door.work()
        assert deliver(door, push) == SUCCESS
        door.work()
        assert texts(door) == ["late answer"]

    def test_silence_stays_silence(self, door: Door) -> None:
        push = sealed(door, "quiet")
        assert deliver(door, push) == deliver(door, push) == SUCCESS
        door.work()
        assert texts(door) == []

    def test_a_delivery_that_wakes_after_a_later_one_answered_says_nothing(
        self, door: Door
    ) -> None:
        push = sealed(door, "fast")
        arrival = door.clock.now
        door.clock.sleep(5)
        assert "fast answer" in deliver(door, push).body
        stuck = {"requestTimeEpoch": int(arrival * 1000)}
        context = {"httpMethod": "POST", "resourcePath": "/wechat", **stuck}
        assert door.post(push.query, push.body, requestContext=context) == SUCCESS
        assert len(door.queue) == 0

    def test_wechats_api_is_for_slow_routes(self, door: Door) -> None:
        say(door, "misplaced")
        assert door.log[0]["cause"][0] == "OutOfPlace"


class TestConversations:
    def test_a_session_is_the_users_own(self, door: Door) -> None:
        assert "<![CDATA[1]]>" in say(door, "count").body
        assert "<![CDATA[2]]>" in say(door, "count").body
        assert "<![CDATA[1]]>" in say(door, "count", "oBob").body

    def test_it_is_forgotten_after_a_day(self, door: Door) -> None:
        say(door, "count")
        door.clock.sleep(25 * 3600)
        assert "<![CDATA[1]]>" in say(door, "count").body

    @pytest.mark.parametrize("text", ["forget", "forget slowly"])
    def test_it_can_be_cleared(self, door: Door, text: str) -> None:
        say(door, "count")
        say(door, text)
        door.work()
        assert "<![CDATA[1]]>" in say(door, "count").body

    def test_messages_of_a_handler_that_runs_again_in_another_order_go_once(
        self, door: Door
    ) -> None:
        say(door, "write in any order")
        door.work(seconds=30)
        assert texts(door, "oBob") == ["for oBob"]
        assert texts(door, "oCarol") == ["for oCarol"]

    def test_a_message_of_our_own_reaches_any_user_once(self, door: Door) -> None:
        say(door, "write")
        door.work()
        assert texts(door, "oBob") == ["from Alice"]
        assert texts(door, ALICE) == []


class TestAWSCalls:
    """What each road costs, in calls to the table and the queue."""

    @pytest.mark.parametrize(
        ("text", "table", "queue"), [("slow", 0, 1), ("fast", 2, 0), ("pure", 0, 0)]
    )
    def test_a_push_costs(self, door: Door, text: str, table: int, queue: int) -> None:
        say(door, text)
        assert (door.table.reads + door.table.writes, door.queue.sends) == (table, queue)

    def test_a_forged_push_costs_nothing(self, door: Door) -> None:
        assert door.post({}, "<xml/>").status == 403
        assert (door.table.reads, door.table.writes, door.queue.sends) == (0, 0, 0)

    def test_where_answers_are_passive_a_recorded_push_reads_what_waits(
        self, passive: Door
    ) -> None:
        say(passive, "fast")
        assert (passive.table.reads, passive.table.writes, passive.queue.sends) == (2, 2, 0)

    def test_a_late_answer_of_one_part_costs_three_writes(self, door: Door) -> None:
        say(door, "slow")
        before = (door.table.reads, door.table.writes)
        door.work()
        assert texts(door) == ["slow answer"]
        assert (door.table.reads - before[0], door.table.writes - before[1]) == (0, 3)

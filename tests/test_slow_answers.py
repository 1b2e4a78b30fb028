"""Whoever writes gets the answer, once, however long it takes and whatever fails on the way."""

import json
from typing import Any

import pytest

from chalicelib.config import LateAnswers
from chalicelib.delivery.worker import TRIES
from chalicelib.router import Context, Router, Routes
from chalicelib.wechat.api_responses import ApiResponse
from chalicelib.wechat.envelopes import Mode
from chalicelib.wechat.messages import TextMessage
from chalicelib.wechat.replies import MsgMenu, MsgMenuItem, Reply
from simulator import pushes
from simulator.envelopes import Sealed, seal
from tests.conftest import OpenDoor
from tests.door import Door, Response
from tests.fakes import Request
from tests.slow_routes import Killed, routes
from tests.wechat_api import json_answer

ALICE = "oAlice"
SUCCESS = Response(200, "text/plain", "success")
SEND = "/cgi-bin/message/custom/send"


@pytest.fixture
def door(open_door: OpenDoor) -> Door:
    door = open_door(Mode.PLAINTEXT)
    door.routes = routes(door.clock.sleep)
    door.process()
    return door


@pytest.fixture
def passive(open_door: OpenDoor) -> Door:
    door = open_door(Mode.PLAINTEXT, late_answers=LateAnswers.PASSIVE)
    door.routes = routes(door.clock.sleep)
    door.process()
    return door


def sealed(door: Door, text: str, openid: str = ALICE) -> Sealed:
    return seal(door.account, pushes.text(text).by(openid), door.clock.now)


def deliver(door: Door, push: Sealed) -> Response:
    return door.post(push.query, push.body)


def say(door: Door, text: str, openid: str = ALICE) -> Response:
    return deliver(door, sealed(door, text, openid))


def texts(door: Door, openid: str = ALICE) -> list[Any]:
    """What the user got by customer service messages."""
    return [
        message.get("text", {}).get("content") or message["msgtype"]
        for message in door.wechat.received(openid)
    ]


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
        (typing,) = door.wechat.requests("/cgi-bin/message/custom/typing")
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


class TestFailures:
    def test_a_handler_that_raises_is_tried_again_then_apologizes_and_is_kept(
        self, door: Door
    ) -> None:
        assert say(door, "broken") == SUCCESS
        started = door.clock.now
        door.work(seconds=150)
        assert texts(door) == ["sorry"]
        (dead,) = door.queue.dead
        assert json.loads(dead)["route"] == "test.broken"
        tries = [line for line in door.log if "JobFailed" in line or "JobDead" in line]
        assert [line["tries"] for line in tries] == [1, 2, 3, 4, 5]
        assert tries[-1]["time"] is not None
        assert door.clock.now - started <= 150

    def test_an_answer_that_cannot_be_kept_is_a_job_like_any_failure(self, door: Door) -> None:
        assert say(door, "unkeepable") == SUCCESS
        door.work(seconds=150)
        assert texts(door) == ["sorry"]
        assert len(door.queue.dead) == 1

    def test_two_jobs_of_one_push_apologize_once(self, door: Door) -> None:
        push = sealed(door, "broken")
        deliver(door, push)
        door.clock.sleep(5)
        deliver(door, push)
        door.work(seconds=300)
        assert texts(door) == ["sorry"]
        assert len(door.queue.dead) == 2

    def test_one_part_that_wechat_refuses_does_not_take_the_others_with_it(
        self, door: Door
    ) -> None:
        respond = door.wechat.transport.respond

        def refusing_images(request: Request) -> ApiResponse:
            if request.path == SEND and request.fields["msgtype"] == "image":
                return json_answer(errcode=40007, errmsg="invalid media_id")
            return respond(request)

        door.wechat.transport.respond = refusing_images
        say(door, "mixed")
        door.work()
        tried = [each.fields["msgtype"] for each in door.wechat.requests(SEND)]
        assert tried == ["text", "image", "text"]
        assert texts(door) == ["one", "three"]
        assert door.counted("AnswerDropped") == 1
        assert len(door.queue.dead) == 0

    def test_the_log_says_what_an_operator_must_do(self, door: Door) -> None:
        door.wechat.answers[SEND] = json_answer(errcode=40164, errmsg="invalid ip 1.2.3.4")
        say(door, "slow")
        door.work(seconds=3000)
        reasons = [line["reason"] for line in door.log if "JobDead" in line]
        assert "add this address to the IP whitelist" in reasons[0]

    def test_while_an_operator_puts_the_new_secret_into_ssm_jobs_wait_in_the_queue(
        self, door: Door
    ) -> None:
        door.wechat.secret = "second"
        say(door, "slow")
        door.work(seconds=600)
        assert len(door.queue.dead) == 0
        door.wechat.parameters.put("app-secret", "second")
        door.work(seconds=900)
        assert texts(door) == ["slow answer"]

    def test_a_tap_gets_its_apology_within_its_minute(self, door: Door) -> None:
        door.wechat.answers["/cgi-bin/message/custom/typing"] = json_answer(errcode=0)
        door.push(pushes.click("BROKEN").by(ALICE))
        door.work(seconds=100)
        assert texts(door) == ["sorry"]

    def test_the_job_of_a_killed_worker_comes_again_as_soon_as_its_lease_ends(
        self, door: Door
    ) -> None:
        say(door, "deadly")
        with pytest.raises(Killed):
            door.work()
        door.work(seconds=60)
        assert texts(door) == []
        door.work(seconds=10)
        assert texts(door) == ["alive"]

    def test_a_job_whose_every_try_is_killed_is_apologized_for_and_kept(self, door: Door) -> None:
        say(door, "endless")
        for _ in range(TRIES):
            with pytest.raises(Killed):
                door.work(seconds=100)
        door.work(seconds=100)
        assert texts(door) == ["sorry"]
        assert (door.counted("JobDead"), len(door.queue.dead)) == (1, 1)

    def test_a_dead_job_is_told_of_once(self, door: Door) -> None:
        say(door, "broken")
        door.work(seconds=300)
        assert texts(door) == ["sorry"]
        assert (door.counted("JobFailed"), door.counted("JobDead")) == (TRIES - 1, 1)

    def test_a_busy_wechat_is_tried_again(self, door: Door) -> None:
        door.wechat.answers[SEND] = json_answer(errcode=-1, errmsg="busy")
        say(door, "slow")
        door.work()
        del door.wechat.answers[SEND]
        door.work(seconds=5)
        assert texts(door)[-1] == "slow answer"
        assert len(door.queue.dead) == 0

    @pytest.mark.parametrize("errcode", [40003, 45015, 45047, 48001])
    def test_what_wechat_will_never_take_is_dropped_and_counted(
        self, door: Door, errcode: int
    ) -> None:
        door.wechat.answers[SEND] = json_answer(errcode=errcode, errmsg="no")
        say(door, "slow")
        door.work(seconds=150)
        assert len(door.wechat.requests(SEND)) == 1
        assert door.counted("AnswerDropped") == 1
        assert len(door.queue.dead) == 0

    def test_an_account_without_the_api_is_told_what_to_set(self, door: Door) -> None:
        door.wechat.answers[SEND] = json_answer(errcode=48001, errmsg="api unauthorized")
        say(door, "slow")
        door.work()
        assert "LATE_ANSWERS=passive" in door.log_text

    @pytest.mark.parametrize("errcode", [40164, 45009, 48001, 48004])
    def test_what_wechat_refuses_until_somebody_acts_is_counted(
        self, door: Door, errcode: int
    ) -> None:
        refusal = json_answer(errcode=errcode, errmsg="invalid ip 203.0.113.7")
        door.wechat.transport.respond = lambda _: refusal
        say(door, "slow")
        door.work()
        assert door.counted("OperatorMustAct") > 0
        assert f'"errcode": {errcode}' in door.log_text
        assert "203.0.113.7" in door.log_text

    def test_what_passes_by_itself_calls_no_operator(self, door: Door) -> None:
        door.wechat.answers[SEND] = json_answer(errcode=-1, errmsg="busy")
        say(door, "slow")
        door.work()
        assert door.counted("JobFailed") == 1
        assert door.counted("OperatorMustAct") == 0

    def test_a_route_of_another_version_is_tried_again_then_kept(self, door: Door) -> None:
        say(door, "slow")
        newer = door.routes
        door.routes = routes(door.clock.sleep).__class__()
        door.work(seconds=5)
        door.routes = newer
        door.work(seconds=30)
        assert texts(door) == ["slow answer"]

    def test_a_route_nobody_knows_is_dead_in_the_end_and_does_not_loop(self, door: Door) -> None:
        say(door, "slow")
        door.routes = routes(door.clock.sleep).__class__()
        door.work(seconds=600)
        assert len(door.queue.dead) == 1
        assert "UnknownRoute" in door.log_text

    def test_without_the_table_no_handler_runs_unrecorded(self, door: Door) -> None:
        door.table.available = False
        assert say(door, "count") == SUCCESS
        door.table.available = True
        door.work()
        assert texts(door) == ["1"]

    def test_a_connection_that_died_while_nobody_wrote_delays_no_answer(self, door: Door) -> None:
        door.table.unconfirmed = 1
        assert "<![CDATA[1]]>" in say(door, "count").body
        door.work()
        assert texts(door) == []

    def test_without_the_queue_the_door_outwaits_wechat_and_the_push_comes_through_later(
        self, door: Door
    ) -> None:
        door.queue.available = False
        push = sealed(door, "slow")
        arrival = door.clock.now
        assert deliver(door, push).status == 200
        assert 5 < door.clock.now - arrival < 6
        door.queue.available = True
        assert "a moment" in deliver(door, push).body
        door.work()
        assert texts(door) == ["slow answer"]


class TestTheLog:
    """One line a try, with what an operator needs and nothing of what was said."""

    def test_it_names_the_job_its_kind_route_outcome_try_and_time(self, door: Door) -> None:
        say(door, "slow")
        door.work()
        (pushed, job) = door.log
        assert job["identity"] == pushed["identity"]
        assert (job["kind"], job["route"]) == ("TextMessage", "test.slow")
        assert (job["outcome"], job["tries"]) == ("sent", 1)
        assert job["JobMilliseconds"] >= 0

    def test_a_failure_says_the_same_and_why(self, door: Door) -> None:
        say(door, "broken")
        door.work(seconds=150)
        tries = [line for line in door.log if "tries" in line]
        assert [line["outcome"] for line in tries] == ["failed"] * 4 + ["dead"]
        for line in tries:
            assert (line["kind"], line["route"]) == ("TextMessage", "test.broken")
            assert line["JobMilliseconds"] >= 0
            assert line["cause"]

    def test_it_tells_whether_the_worker_has_just_started(self, door: Door) -> None:
        worker = door.worker()
        for text in ("slow", "long"):
            say(door, text)
            message = door.queue.receive()
            assert message is not None
            worker.work(message, door.clock.now + 65)
            door.queue.delete(message)
        assert [line["cold"] for line in door.log if line["event"] == "job"] == [True, False]

    def test_it_holds_no_openid_and_no_word_of_a_user(self, door: Door) -> None:
        for text in ("slow", "broken"):
            say(door, text)
        door.work(seconds=150)
        for private in (ALICE, "slow answer", "<xml>", door.account.token):
            assert private not in door.log_text


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

    def test_where_answers_are_passive_a_recorded_push_costs_one_read_more(
        self, passive: Door
    ) -> None:
        say(passive, "fast")
        assert (passive.table.reads, passive.table.writes, passive.queue.sends) == (1, 2, 0)


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
        say(passive, "long")
        passive.work()
        assert "还有 3 条，回复任意内容查看" in say(passive, "fast").body
        assert "还有 2 条，回复任意内容查看" in say(passive, "quiet").body
        last = say(passive, "quiet").body
        assert "好" in last
        assert "fast answer" in last

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

    def test_the_log_tells_an_answer_that_was_dropped_from_silence(self, passive: Door) -> None:
        passive.push(pushes.click("MENU").by(ALICE))
        passive.work()
        assert passive.log[-1]["outcome"] == "dropped"

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

    def test_a_redelivery_shows_the_same_again(self, passive: Door) -> None:
        say(passive, "slow")
        passive.work()
        push = sealed(passive, "fast")
        first = deliver(passive, push).body
        passive.clock.sleep(5)
        assert "slow answer" in first
        assert "slow answer" in deliver(passive, push).body

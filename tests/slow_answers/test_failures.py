"""Who writes gets the answer, once, whatever fails on the way."""

import json

import pytest

from chalicelib.delivery.attempt import TRIES
from chalicelib.wechat.api_responses import ApiResponse
from simulator import pushes
from tests.door import Door
from tests.fakes import Request
from tests.slow_answers.deliveries import ALICE, SEND, SUCCESS, deliver, say, sealed, texts
from tests.slow_routes import Killed, routes
from tests.wechat_api import json_answer


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

    def test_the_second_job_of_a_push_whose_job_is_dead_ends_at_once(self, door: Door) -> None:
        push = sealed(door, "broken")
        deliver(door, push)
        door.clock.sleep(5)
        deliver(door, push)
        door.work(seconds=300)
        assert texts(door) == ["sorry"]
        assert len(door.queue.dead) == 1
        assert (door.counted("JobFailed"), door.counted("JobDead")) == (TRIES - 1, 1)

    def test_a_call_of_a_handler_that_wechat_refuses_for_good_is_made_once(
        self, door: Door
    ) -> None:
        door.wechat.answers["/cgi-bin/user/info"] = json_answer(errcode=43004, errmsg="no fan")
        say(door, "ask")
        door.work(seconds=10)
        assert len(door.wechat.requests("/cgi-bin/user/info")) == 1
        assert texts(door) == ["sorry"]
        assert (door.counted("JobDead"), len(door.queue.dead)) == (1, 1)

    def test_an_operators_case_of_a_handlers_own_call_holds_nobody_for_minutes(
        self, door: Door
    ) -> None:
        door.wechat.answers["/cgi-bin/user/info"] = json_answer(errcode=45009, errmsg="quota")
        say(door, "ask")
        say(door, "slow")
        door.work(seconds=120)
        assert texts(door) == ["sorry", "slow answer"]

    def test_a_dead_letter_that_is_sent_again_is_answered(self, door: Door) -> None:
        door.wechat.answers["/cgi-bin/user/info"] = json_answer(errcode=43004, errmsg="no fan")
        say(door, "ask")
        door.work(seconds=10)
        (dead,) = door.queue.dead
        door.wechat.answers["/cgi-bin/user/info"] = json_answer(
            openid=ALICE, subscribe=1, remark="a fan"
        )
        door.queue.send(dead, ALICE, "again")
        door.work(seconds=10)
        assert texts(door) == ["sorry", "a fan"]

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

    def test_while_the_secret_is_missing_jobs_wait_in_the_queue(self, door: Door) -> None:
        door.wechat.parameters.remove("app-secret")
        say(door, "slow")
        door.work(seconds=600)
        assert len(door.queue.dead) == 0
        assert door.counted("OperatorMustAct") > 0
        door.wechat.parameters.put("app-secret", "first")
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

    def test_a_part_with_an_errcode_that_nobody_knows_holds_up_no_other(self, door: Door) -> None:
        respond = door.wechat.transport.respond

        def refusing_images(request: Request) -> ApiResponse:
            if request.path == SEND and request.fields["msgtype"] == "image":
                return json_answer(errcode=99999, errmsg="nobody knows")
            return respond(request)

        door.wechat.transport.respond = refusing_images
        say(door, "mixed")
        door.work(seconds=120)
        assert texts(door) == ["one", "three"]
        assert door.counted("AnswerDropped") == 1
        assert len(door.queue.dead) == 0

    def test_a_busy_wechat_is_tried_again(self, door: Door) -> None:
        door.wechat.answers[SEND] = json_answer(errcode=-1, errmsg="busy")
        say(door, "slow")
        door.work()
        del door.wechat.answers[SEND]
        door.work(seconds=5)
        assert texts(door)[-1] == "slow answer"
        assert len(door.queue.dead) == 0

    @pytest.mark.parametrize("errcode", [40003, 43004, 48002])
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
        (dead,) = [line for line in door.log if "JobDead" in line]
        assert dead["reason"].startswith("no handler has this route, because it was renamed")

    def test_without_the_table_no_handler_runs_unrecorded(self, door: Door) -> None:
        door.table.available = False
        assert say(door, "count") == SUCCESS
        door.table.available = True
        door.work()
        assert texts(door) == ["1"]

    def test_the_last_look_sends_an_answer_that_a_door_kept(self, door: Door) -> None:
        say(door, "several")
        door.table.available = False
        for _ in range(TRIES):
            message = door.queue.receive()
            assert message is not None
            door.worker().work(message, door.clock.now + 65)
            door.clock.sleep(30)
        door.table.available = True
        door.work()
        assert texts(door)[0] == "one"
        assert not door.queue.dead

    def test_a_connection_that_died_while_nobody_wrote_delays_no_answer(self, door: Door) -> None:
        door.table.unconfirmed = 1
        assert "<![CDATA[1]]>" in say(door, "count").body
        door.work()
        assert texts(door) == []

    def test_an_idempotent_handler_that_is_late_answers_once(self, door: Door) -> None:
        push = sealed(door, "slowly pure")
        for _ in range(3):
            assert deliver(door, push) == SUCCESS
        door.work(seconds=30)
        assert texts(door) == ["slowly pure answer"]

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

    def test_a_queue_that_is_down_is_asked_with_growing_pauses(self, door: Door) -> None:
        door.queue.available = False
        say(door, "slow")
        assert door.queue.sends == 9

    def test_a_queue_that_refuses_for_good_is_asked_once_a_delivery(self, door: Door) -> None:
        door.queue.exists = False
        arrival = door.clock.now
        say(door, "slow")
        assert door.queue.sends == 1
        assert 5 < door.clock.now - arrival < 6

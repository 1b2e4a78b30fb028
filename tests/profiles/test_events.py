"""Profiles follow the events that WeChat sends of their users."""

from dataclasses import replace

from chalicelib.users.profile import Profile
from chalicelib.wechat.envelopes import Mode
from simulator import pushes
from simulator.envelopes import seal
from simulator.pushes import Push
from tests.conftest import OpenDoor
from tests.door import Door
from tests.profiles.account import MING, profile, renamed, routes
from tests.visitors import Browser, People
from tests.wechat_api import json_answer


def happening_now(door: Door, event: str) -> Push:
    return replace(pushes.event(event).by(MING.openid), create_time=int(door.clock.now))


class TestEvents:
    def test_a_new_follower_is_marked_with_their_scene(self, door: Door) -> None:
        assert door.push(pushes.follow(scene="shop").by(MING.openid)).status == 200
        found = profile(door)
        assert (found.subscribed, found.scene) == (True, "shop")

    def test_it_is_dated_by_the_event_however_late_it_comes(self, door: Door) -> None:
        earlier = int(door.clock.now) - 100
        door.push(replace(pushes.follow().by(MING.openid), create_time=earlier))
        assert profile(door).since == earlier

    def test_who_leaves_is_marked(self, door: Door, people: People) -> None:
        door.push(pushes.event("unsubscribe").by(MING.openid))
        assert profile(door).subscribed is False
        assert profile(door).nickname == "小明"

    def test_a_changed_profile_is_asked_for_by_the_worker(self, door: Door, people: People) -> None:
        renamed(people)
        door.push(pushes.event("user_info_modified").by(MING.openid))
        assert profile(door).nickname == "小明"
        door.work()
        assert profile(door).nickname == "大明"
        assert people.calls == ["/sns/userinfo"]

    def test_a_profile_that_wechat_refuses_to_show_holds_up_no_chat(
        self, door: Door, people: People
    ) -> None:
        people.answers["/sns/userinfo"] = json_answer(errcode=48001, errmsg="api unauthorized")
        door.push(pushes.event("user_info_modified").by(MING.openid))
        door.push(pushes.text("slow").by(MING.openid))
        door.work()
        assert [each["text"]["content"] for each in door.wechat.received(MING.openid)] == ["you"]
        assert door.counted("JobFailed") == 1

    def test_a_revocation_takes_what_the_user_allowed_and_ends_their_sessions(
        self, door: Door, people: People
    ) -> None:
        browser = Browser()
        browser.sign_in(people, MING)
        door.clock.sleep(1)
        door.push(happening_now(door, "user_authorization_revoke"))
        assert profile(door).nickname == ""
        assert door.profiles.granted(MING.openid) == {}
        assert browser.get("/me").status == 302

    def test_a_recorded_revocation_undoes_no_later_consent(
        self, door: Door, people: People
    ) -> None:
        browser = Browser()
        browser.sign_in(people, MING)
        revoked = seal(
            door.account, happening_now(door, "user_authorization_revoke"), door.clock.now
        )
        door.post(revoked.query, revoked.body)
        door.clock.sleep(60)
        browser.sign_in(people, MING)
        door.post(revoked.query, revoked.body)
        assert profile(door).nickname == "小明"
        assert browser.get("/me").status == 200

    def test_a_cancellation_takes_everything(self, door: Door, people: People) -> None:
        door.profiles.bind(MING.openid, "42", "m***")
        door.push(pushes.event("user_authorization_cancellation").by(MING.openid))
        assert profile(door) == Profile(
            MING.openid, valid_from=profile(door).valid_from, since=profile(door).since
        )
        assert door.profiles.bound_to("42") is None

    def test_in_plaintext_mode_a_privacy_event_is_logged_and_not_acted_on(
        self, open_door: OpenDoor
    ) -> None:
        door = open_door(Mode.PLAINTEXT, routes)
        Browser().sign_in(People(door), MING)
        door.clock.sleep(1)
        door.push(pushes.event("user_authorization_cancellation").by(MING.openid))
        assert profile(door).nickname == "小明"
        assert any("in plaintext mode" in line["event"] for line in door.log)

    def test_an_effect_that_fails_becomes_a_job(self, door: Door) -> None:
        door.profile_table.available = False
        assert door.push(pushes.follow(scene="shop").by(MING.openid)).body == "success"
        assert door.counted("EffectFailed") == 1
        door.profile_table.available = True
        door.work()
        assert profile(door).scene == "shop"

    def test_such_a_job_is_queued_once_for_all_deliveries(self, door: Door) -> None:
        door.profile_table.available = False
        push = pushes.follow().by(MING.openid)
        for _ in range(3):
            door.push(push)
        assert len(door.queue) == 1

    def test_a_job_that_fails_too_is_tried_again(self, door: Door) -> None:
        door.profile_table.available = False
        door.push(pushes.follow().by(MING.openid))
        door.work()
        assert door.counted("JobFailed") == 1
        door.profile_table.available = True
        door.work(seconds=60)
        assert profile(door).subscribed is True

    def test_when_the_queue_refuses_wechat_delivers_again(self, door: Door) -> None:
        door.profile_table.available = door.queue.available = False
        began = door.clock.now
        door.push(pushes.follow().by(MING.openid))
        assert door.clock.now - began > 5
        door.profile_table.available = True
        door.push(pushes.follow().by(MING.openid))
        assert profile(door).subscribed is True

    def test_nothing_personal_is_logged(self, door: Door, people: People) -> None:
        for kind in ("user_info_modified", "user_authorization_cancellation"):
            door.push(pushes.event(kind).by(MING.openid))
        door.work()
        assert "an event changed a profile" in door.log_text
        assert MING.openid not in door.log_text
        assert "明" not in door.log_text

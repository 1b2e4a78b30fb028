"""Profiles follow what WeChat says of their users: events, renewals, and the keys that seal."""

from base64 import urlsafe_b64encode
from dataclasses import replace

import pytest

from chalicelib.ports import Unavailable
from chalicelib.router import Context, Router, Routes
from chalicelib.users.profile import Profile
from chalicelib.users.sealing import Unsealable
from chalicelib.wechat.envelopes import Mode
from chalicelib.wechat.messages import TextMessage
from simulator import pushes
from tests.conftest import OpenDoor
from tests.door import Door
from tests.visitors import Browser, People, Person
from tests.wechat_api import json_answer

MING = Person("oMING-0123456789-0123456789", shows={"city": "深圳"})

router = Router("test")
known: list[Profile] = []


@router.on(TextMessage, content="who", idempotent=True)
def who(message: TextMessage, ctx: Context) -> str:
    known.append(ctx.profile)
    return "you"


@router.on(TextMessage, content="who where", idempotent=True)
def who_where(message: TextMessage, ctx: Context) -> str:
    return f"{ctx.profile.nickname} {ctx.profile.city}"


@router.on(TextMessage, content="hi", idempotent=True)
def hi(message: TextMessage, ctx: Context) -> str:
    return "hello"


@router.on(TextMessage, content="slow", slow=True)
def slow(message: TextMessage, ctx: Context) -> str:
    known.append(ctx.profile)
    return "you"


routes = Routes(router)


@pytest.fixture
def door(open_door: OpenDoor) -> Door:
    known.clear()
    return open_door(routes=routes)


@pytest.fixture
def people(door: Door) -> People:
    """MING among them has consented."""
    people = People(door)
    Browser().sign_in(people, MING)
    door.clock.sleep(10)
    return people


def profile(door: Door) -> Profile:
    found = door.profiles.get(MING.openid)
    assert found is not None
    return found


def renamed(people: People) -> None:
    """They take another name, which WeChat will tell whoever asks."""
    MING.nickname = "大明"
    people.calls.clear()


@pytest.fixture(autouse=True)
def named() -> None:
    MING.nickname = "小明"


class TestEvents:
    def test_who_follows_is_marked_with_his_scene(self, door: Door) -> None:
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

    def test_a_revocation_takes_what_he_allowed_and_ends_his_sessions(
        self, door: Door, people: People
    ) -> None:
        browser = Browser()
        browser.sign_in(people, MING)
        door.clock.sleep(1)
        door.push(pushes.event("user_authorization_revoke").by(MING.openid))
        assert profile(door).nickname == ""
        assert door.profiles.granted(MING.openid) == {}
        assert browser.get("/me").status == 302

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


class TestTheContext:
    def test_it_gives_the_profile(self, door: Door, people: People) -> None:
        door.push(pushes.text("who").by(MING.openid))
        door.push(pushes.text("slow").by(MING.openid))
        door.work()
        assert known == [profile(door), profile(door)]

    def test_of_a_stranger_it_knows_the_openid_alone(self, door: Door) -> None:
        door.push(pushes.text("who").by("oSTRANGER"))
        assert known == [Profile("oSTRANGER")]

    def test_nobody_is_asked_to_write_a_handler_for_what_the_backend_does(self, door: Door) -> None:
        door.push(pushes.event("user_authorization_revoke"))
        door.push(pushes.event("kf_create_session"))
        assert ["write" in line for line in door.log if line["event"] == "push"] == [False, True]

    def test_it_is_read_only_when_asked_for(self, door: Door) -> None:
        door.push(pushes.text("hi"))
        assert door.profile_table.reads == 0
        door.push(pushes.text("who"))
        assert door.profile_table.reads == 1

    def test_it_is_read_once_however_often_it_is_asked(self, door: Door, people: People) -> None:
        before = door.profile_table.reads
        door.push(pushes.text("who where").by(MING.openid))
        assert door.profile_table.reads == before + 1


class TestRenewal:
    def test_a_live_access_token_is_enough(self, door: Door, people: People) -> None:
        renamed(people)
        door.renewal.renew(MING.openid)
        assert profile(door).nickname == "大明"
        assert people.calls == ["/sns/userinfo"]

    def test_places_are_asked_for_in_chinese(self, door: Door, people: People) -> None:
        door.renewal.renew(MING.openid)
        assert door.wechat.transport.requests[-1].query["lang"] == "zh_CN"

    @pytest.mark.parametrize("ended", ["by its time", "in a moment", "by WeChat"])
    def test_one_that_ended_is_refreshed(self, door: Door, people: People, ended: str) -> None:
        renamed(people)
        before = door.profiles.granted(MING.openid)
        if ended == "by WeChat":
            people.end_access_tokens()
        else:
            door.clock.sleep(7200 if ended == "by its time" else 7150)
        door.renewal.renew(MING.openid)
        assert profile(door).nickname == "大明"
        assert people.calls[-2:] == ["/sns/oauth2/refresh_token", "/sns/userinfo"]
        after = door.profiles.granted(MING.openid)
        assert after["refresh_token"] != before["refresh_token"]
        assert after["refresh_token_at"] == door.clock.now

    @pytest.mark.parametrize("errcode", [42002, 42007, 40030])
    def test_when_that_has_ended_he_must_authorize_again(
        self, door: Door, people: People, errcode: int
    ) -> None:
        door.clock.sleep(7200)
        people.answers["/sns/oauth2/refresh_token"] = json_answer(errcode=errcode, errmsg="no")
        door.renewal.renew(MING.openid)
        assert profile(door).authorize_again
        assert profile(door).nickname == "小明"
        assert door.counted("MustAuthorizeAgain") == 1
        Browser().sign_in(people, MING)
        assert not profile(door).authorize_again

    def test_who_consents_meanwhile_need_not_do_so_again(self, door: Door, people: People) -> None:
        def consents() -> None:
            door.clock.sleep(1)
            Browser().sign_in(people, MING)

        door.clock.sleep(7200)
        people.end_refresh_tokens()
        people.meanwhile("/sns/oauth2/refresh_token", consents)
        door.renewal.renew(MING.openid)
        assert not profile(door).authorize_again

    def test_a_refreshed_grant_is_kept_though_the_rest_fails(
        self, door: Door, people: People
    ) -> None:
        before = door.profiles.granted(MING.openid)
        door.clock.sleep(7200)
        people.answers["/sns/userinfo"] = json_answer(errcode=-1, errmsg="busy")
        with pytest.raises(Exception, match="busy"):
            door.renewal.renew(MING.openid)
        after = door.profiles.granted(MING.openid)
        assert after["access_token_ends"] > before["access_token_ends"]

    def test_a_busy_wechat_leaves_everything_as_it_is(self, door: Door, people: People) -> None:
        before = dict(door.profile_table.items[MING.openid])
        people.answers["/sns/userinfo"] = json_answer(errcode=-1, errmsg="busy")
        with pytest.raises(Exception, match="busy"):
            door.renewal.renew(MING.openid)
        assert door.profile_table.items[MING.openid] == before

    def test_who_never_showed_his_profile_is_left_alone(self, door: Door) -> None:
        people = People(door)
        door.renewal.renew("oSTRANGER")
        base = Person(MING.openid, scope="snsapi_base")
        Browser().sign_in(people, base, "/oauth/authorize?scope=base")
        door.renewal.renew(MING.openid)
        assert people.calls == ["/sns/oauth2/access_token"]


class TestSealing:
    def rotate(self, door: Door) -> None:
        door.parameters.put("refresh-token-key", urlsafe_b64encode(b"2" * 32).decode())
        door.clock.sleep(700)

    def test_what_was_sealed_opens_for_its_openid_alone(self, door: Door) -> None:
        sealed = door.sealer.seal("secret", "oMING", "refresh_token")
        assert sealed.startswith("1:1:")
        assert "secret" not in sealed
        assert door.sealer.open(sealed, "oMING", "refresh_token") == "secret"
        for openid, purpose in (("oHONG", "refresh_token"), ("oMING", "access_token")):
            with pytest.raises(Unsealable):
                door.sealer.open(sealed, openid, purpose)

    @pytest.mark.parametrize("sealed", ["", "1", "1:", "1:!!", "x:AAAA", "7:AAAA", "1:AAAAAAAA"])
    def test_what_we_never_sealed_does_not_open(self, door: Door, sealed: str) -> None:
        with pytest.raises(Unsealable):
            door.sealer.open(sealed, "oMING", "refresh_token")

    def test_equal_texts_do_not_look_equal(self, door: Door) -> None:
        first, second = (door.sealer.seal("secret", "oMING", "refresh_token") for _ in range(2))
        assert first != second

    def test_an_old_key_opens_for_ever_and_use_seals_anew(self, door: Door, people: People) -> None:
        self.rotate(door)
        assert door.profiles.granted(MING.openid)["refresh_token"].startswith("1:1:")
        door.renewal.renew(MING.openid)
        granted = door.profiles.granted(MING.openid)
        assert granted["refresh_token"].startswith("1:2:")
        assert granted["access_token"].startswith("1:2:")
        people.calls.clear()
        door.renewal.renew(MING.openid)
        assert people.calls == ["/sns/userinfo"]

    def test_a_token_whose_key_is_gone_must_be_authorized_again(
        self, door: Door, people: People
    ) -> None:
        door.parameters.remove("refresh-token-key")
        door.clock.sleep(700)
        door.parameters.put("refresh-token-key", urlsafe_b64encode(b"2" * 32).decode())
        door.profile_table.items[MING.openid] = {
            **door.profile_table.items[MING.openid],
            "access_token": "9:AAAA",
        }
        door.renewal.renew(MING.openid)
        assert profile(door).authorize_again

    def test_a_malformed_key_is_an_operators_business(self, door: Door) -> None:
        door.parameters.put("refresh-token-key", "too short")
        with pytest.raises(Unavailable):
            door.sealer.seal("secret", "oMING", "refresh_token")
        assert door.counted("SecretsUnavailable") == 1

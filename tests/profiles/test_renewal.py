"""A profile is renewed by the tokens that its user allowed."""

import pytest

from tests.door import Door
from tests.profiles.account import MING, profile, renamed
from tests.visitors import Browser, People, Person
from tests.wechat_api import json_answer


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
    def test_when_that_has_ended_the_user_must_authorize_again(
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

    def test_a_user_who_never_showed_a_profile_is_left_alone(self, door: Door) -> None:
        people = People(door)
        door.renewal.renew("oSTRANGER")
        base = Person(MING.openid, scope="snsapi_base")
        Browser().sign_in(people, base, "/oauth/authorize?scope=base")
        door.renewal.renew(MING.openid)
        assert people.calls == ["/sns/oauth2/access_token"]

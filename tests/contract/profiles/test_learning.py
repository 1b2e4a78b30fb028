"""Profiles keep what is learned of a user, on either table."""

from dataclasses import replace

from chalicelib.users.profiles import Profiles
from chalicelib.wechat.authorization import SnsUserInfo
from tests.contract.profiles.values import GRANT, NOW, OPENID, SHOWN
from tests.fakes import Clock


class TestWhatIsLearned:
    def test_a_stranger_has_no_profile(self, profiles: Profiles) -> None:
        assert profiles.get(OPENID) is None

    def test_a_consent_is_a_whole_profile(self, profiles: Profiles) -> None:
        profiles.authorized(OPENID, GRANT, SHOWN, NOW)
        found = profiles.get(OPENID)
        assert found is not None
        assert (found.nickname, found.sex, found.privilege) == ("小明\x07", 1, ("a", "b"))
        assert (found.unionid, found.country, found.scope) == ("u1", "中国", "snsapi_userinfo")
        assert profiles.granted(OPENID) == {**GRANT, "granted": NOW}

    def test_an_answer_without_it_wipes_no_unionid(self, profiles: Profiles) -> None:
        profiles.authorized(OPENID, GRANT, SHOWN, NOW)
        profiles.authorized(OPENID, GRANT, replace(SHOWN, unionid=""), NOW + 1)
        found = profiles.get(OPENID)
        assert found is not None
        assert found.unionid == "u1"

    def test_an_event_wipes_no_nickname(self, profiles: Profiles) -> None:
        profiles.authorized(OPENID, GRANT, SHOWN, NOW)
        profiles.subscribed(OPENID, NOW + 1, "shop")
        found = profiles.get(OPENID)
        assert found is not None
        assert (found.nickname, found.subscribed, found.since) == ("小明\x07", True, NOW + 1)
        assert found.scene == "shop"

    def test_a_consent_wipes_no_subscription(self, profiles: Profiles) -> None:
        profiles.subscribed(OPENID, NOW, "shop")
        profiles.authorized(OPENID, GRANT, SHOWN, NOW)
        found = profiles.get(OPENID)
        assert found is not None
        assert (found.subscribed, found.scene) == (True, "shop")

    def test_an_older_event_changes_nothing(self, profiles: Profiles) -> None:
        profiles.unsubscribed(OPENID, NOW + 10)
        profiles.subscribed(OPENID, NOW, "shop")
        found = profiles.get(OPENID)
        assert found is not None
        assert (found.subscribed, found.since, found.scene) == (False, NOW + 10, "")

    def test_who_came_back_has_not_left(self, profiles: Profiles) -> None:
        profiles.subscribed(OPENID, NOW + 10, "shop")
        profiles.unsubscribed(OPENID, NOW)
        found = profiles.get(OPENID)
        assert found is not None
        assert (found.subscribed, found.since) == (True, NOW + 10)

    def test_a_grant_that_ended_says_nothing_of_a_newer_one(self, profiles: Profiles) -> None:
        profiles.authorized(OPENID, GRANT, SHOWN, NOW + 10)
        profiles.must_authorize_again(OPENID, NOW)
        found = profiles.get(OPENID)
        assert found is not None
        assert not found.authorize_again

    def test_an_older_answer_replaces_no_newer_one(self, profiles: Profiles) -> None:
        newer = {**GRANT, "refresh_token": "1:newer"}
        profiles.authorized(OPENID, newer, SHOWN, NOW + 10)
        older = SnsUserInfo(OPENID, "old", 0, "", "", "", "", ())
        profiles.authorized(OPENID, GRANT, older, NOW)
        found = profiles.get(OPENID)
        assert found is not None
        assert found.nickname == "小明\x07"
        assert profiles.granted(OPENID)["refresh_token"] == "1:newer"

    def test_a_grant_of_the_openid_replaces_none_of_the_profile(self, profiles: Profiles) -> None:
        profiles.authorized(OPENID, GRANT, SHOWN, NOW)
        base = {**GRANT, "scope": "snsapi_base", "refresh_token": "1:base"}
        profiles.authorized(OPENID, base, None, NOW + 10)
        assert profiles.granted(OPENID) == {**GRANT, "granted": NOW}

    def test_it_was_created_once_and_is_updated_each_time(
        self, profiles: Profiles, clock: Clock
    ) -> None:
        profiles.subscribed(OPENID, NOW, "")
        clock.sleep(10)
        profiles.unsubscribed(OPENID, NOW + 5)
        found = profiles.get(OPENID)
        assert found is not None
        assert (found.created, found.updated) == (NOW, NOW + 10)

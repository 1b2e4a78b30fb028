"""What profiles in DynamoDB and those in memory have in common."""

from collections.abc import Callable
from dataclasses import replace

import boto3
import pytest
from botocore.stub import Stubber

from chalicelib.adapters.dynamodb import DynamoDbProfiles
from chalicelib.conditions import Item, absent, equal
from chalicelib.ports import ConditionFailed, ProfileTable, Unavailable, Write
from chalicelib.users.profiles import SESSION_SECONDS, BoundElsewhere, Profiles
from chalicelib.wechat.authorization import SnsUserInfo
from tests.dynamodb import profiles_table
from tests.fakes import Clock, FakeProfileTable

OPENID = "oMING"
NOW = 1_700_000_000.0
ALWAYS = absent("nothing")
SHOWN = SnsUserInfo(OPENID, "小明\x07", 1, "", "", "中国", "https://a/132", ("a", "b"), "u1")
GRANT = {
    "scope": "snsapi_userinfo",
    "refresh_token": "1:sealed",
    "refresh_token_at": NOW,
    "access_token": "1:sealed",
    "access_token_ends": NOW + 7200,
}


@pytest.fixture(params=[FakeProfileTable, profiles_table])
def table(request: pytest.FixtureRequest, aws: str) -> ProfileTable:
    made: ProfileTable = request.param()
    return made


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def profiles(table: ProfileTable, clock: Clock) -> Profiles:
    return Profiles(table, clock)


class Overtaken:
    """A table on which something happens between our first call and the next."""

    def __init__(self, table: ProfileTable, happens: Callable[[], None]) -> None:
        self._table = table
        self._happens = [happens]

    def get(self, key: str) -> Item | None:
        try:
            return self._table.get(key)
        finally:
            self._happen()

    def write(self, *writes: Write) -> Item:
        try:
            return self._table.write(*writes)
        finally:
            self._happen()

    def openid_of(self, user_id: str) -> str | None:
        return self._table.openid_of(user_id)

    def _happen(self) -> None:
        while self._happens:
            self._happens.pop()()


class TestAtOnce:
    @pytest.mark.parametrize("bound_before", [False, True])
    def test_who_is_forgotten_while_he_binds_leaves_his_user_free(
        self, profiles: Profiles, table: ProfileTable, bound_before: bool
    ) -> None:
        if bound_before:
            profiles.bind(OPENID, "41", "m***")

        def rebound() -> None:
            profiles.unbind(OPENID)
            profiles.bind(OPENID, "42", "m***")

        Profiles(Overtaken(table, rebound)).forget(OPENID, NOW)
        found = profiles.get(OPENID)
        assert found is not None
        assert found.user_id == ""
        assert profiles.bound_to("41") is None
        assert profiles.bound_to("42") is None

    def test_an_older_answer_that_is_overtaken_changes_nothing(
        self, profiles: Profiles, table: ProfileTable
    ) -> None:
        profiles.authorized(OPENID, GRANT, None, NOW + 10)
        older = replace(SHOWN, nickname="old")

        def shown() -> None:
            profiles.authorized(OPENID, GRANT, SHOWN, NOW + 20)

        Profiles(Overtaken(table, shown)).authorized(OPENID, GRANT, older, NOW)
        found = profiles.get(OPENID)
        assert found is not None
        assert found.nickname == SHOWN.nickname


class IndexThatLags(FakeProfileTable):
    """The table a moment after its last write: its index still says what was so before."""

    def openid_of(self, user_id: str) -> str | None:
        return OPENID


class TestTheUserOfTheSite:
    def test_who_was_unbound_a_moment_ago_is_nobodys_any_more(self, clock: Clock) -> None:
        profiles = Profiles(IndexThatLags(), clock)
        profiles.bind(OPENID, "42", "m***")
        profiles.unbind(OPENID)
        assert profiles.of_user("42") is None
        profiles.bind(OPENID, "43", "n***")
        assert profiles.of_user("42") is None


class TestTheTable:
    def test_lists_come_back_as_they_were(self, table: ProfileTable) -> None:
        table.write(Write(OPENID, ALWAYS, {"privilege": ("a", "b"), "none": ()}))
        assert table.get(OPENID) == {"privilege": ("a", "b"), "none": ()}

    def test_defaults_are_set_once(self, table: ProfileTable) -> None:
        table.write(Write(OPENID, ALWAYS, {"a": 1.0}, {"created": 1.0}))
        table.write(Write(OPENID, ALWAYS, {"a": 2.0}, {"created": 2.0}))
        assert table.get(OPENID) == {"a": 2.0, "created": 1.0}

    def test_what_is_removed_is_gone(self, table: ProfileTable) -> None:
        table.write(Write(OPENID, ALWAYS, {"a": 1.0, "b": 1.0}))
        written = table.write(Write(OPENID, equal("a", 1.0), {"c": 1.0}, removes=("a", "never")))
        assert written == {"b": 1.0, "c": 1.0} == table.get(OPENID)

    def test_a_user_of_the_site_is_found(self, table: ProfileTable) -> None:
        table.write(Write(OPENID, ALWAYS, {"user_id": "42"}))
        assert table.openid_of("42") == OPENID
        assert table.openid_of("43") is None

    def test_a_refused_write_does_nothing(self, table: ProfileTable) -> None:
        table.write(Write(OPENID, ALWAYS, {"a": 1.0}))
        with pytest.raises(ConditionFailed):
            table.write(Write(OPENID, absent("a"), {"b": 1.0}, {"created": 1.0}, ("a",)))
        assert table.get(OPENID) == {"a": 1.0}


def test_transactions_that_meet_are_a_trouble_and_no_refusal(aws: str) -> None:
    client = boto3.client("dynamodb")
    reasons = [{"Code": "TransactionConflict"}, {"Code": "None"}]
    with Stubber(client) as stubbed:
        stubbed.add_client_error(
            "transact_write_items",
            "TransactionCanceledException",
            modeled_fields={"CancellationReasons": reasons},
        )
        with pytest.raises(Unavailable, match="TransactionCanceled"):
            Profiles(DynamoDbProfiles("profiles", client)).bind(OPENID, "42", "m***")


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


class TestWhatIsTakenBack:
    def test_a_withdrawal_takes_what_he_showed_and_allowed(self, profiles: Profiles) -> None:
        profiles.authorized(OPENID, GRANT, SHOWN, NOW)
        profiles.subscribed(OPENID, NOW, "shop")
        profiles.bind(OPENID, "42", "m***")
        profiles.must_authorize_again(OPENID, NOW)
        profiles.withdraw(OPENID, NOW + 1)
        found = profiles.get(OPENID)
        assert found is not None
        assert (found.nickname, found.unionid, found.privilege, found.scope) == ("", "", (), "")
        assert profiles.granted(OPENID) == {}
        assert not found.authorize_again
        assert (found.subscribed, found.user_id, found.valid_from) == (True, "42", NOW + 1)

    def test_a_consent_after_a_withdrawal_stays(self, profiles: Profiles) -> None:
        profiles.authorized(OPENID, GRANT, SHOWN, NOW + 1)
        profiles.withdraw(OPENID, NOW)
        profiles.forget(OPENID, NOW)
        found = profiles.get(OPENID)
        assert found is not None
        assert (found.nickname, found.valid_from) == ("小明\x07", 0)

    def test_a_renewal_is_no_consent(self, profiles: Profiles) -> None:
        profiles.authorized(OPENID, GRANT, SHOWN, NOW)
        profiles.renewed(OPENID, NOW, GRANT, SHOWN, NOW + 10)
        profiles.forget(OPENID, NOW + 5)
        found = profiles.get(OPENID)
        assert found is not None
        assert found.nickname == ""

    def test_a_renewal_of_what_was_taken_back_brings_nothing_back(self, profiles: Profiles) -> None:
        profiles.authorized(OPENID, GRANT, SHOWN, NOW)
        profiles.forget(OPENID, NOW + 5)
        profiles.renewed(OPENID, NOW, GRANT, SHOWN, NOW + 10)
        found = profiles.get(OPENID)
        assert found is not None
        assert (found.nickname, found.scope) == ("", "")

    @pytest.mark.parametrize("take_back", [Profiles.withdraw, Profiles.forget])
    def test_an_answer_from_before_a_withdrawal_brings_nothing_back(
        self, profiles: Profiles, take_back: Callable[[Profiles, str, float], None]
    ) -> None:
        take_back(profiles, OPENID, NOW + 1)
        profiles.authorized(OPENID, GRANT, SHOWN, NOW)
        found = profiles.get(OPENID)
        assert found is not None
        assert (found.nickname, found.scope) == ("", "")
        assert profiles.granted(OPENID) == {}

    def test_an_event_from_before_he_was_forgotten_brings_nothing_back(
        self, profiles: Profiles
    ) -> None:
        profiles.forget(OPENID, NOW + 1)
        profiles.subscribed(OPENID, NOW, "shop")
        found = profiles.get(OPENID)
        assert found is not None
        assert (found.subscribed, found.scene) == (None, "")

    def test_who_is_forgotten_leaves_a_date_that_expires(
        self, profiles: Profiles, table: ProfileTable
    ) -> None:
        profiles.authorized(OPENID, GRANT, SHOWN, NOW)
        profiles.bind(OPENID, "42", "m***")
        profiles.forget(OPENID, NOW + 1)
        item = table.get(OPENID) or {}
        assert item.keys() == {"valid_from", "consented", "granted", "shown", "since", "expires"}
        assert item["expires"] > NOW + SESSION_SECONDS
        assert profiles.bound_to("42") is None
        profiles.bind("oHONG", "42", "h***")
        assert profiles.bound_to("42") == "oHONG"

    def test_who_comes_back_does_not_expire(self, profiles: Profiles, table: ProfileTable) -> None:
        profiles.forget(OPENID, NOW)
        profiles.authorized(OPENID, GRANT, SHOWN, NOW + 1)
        assert "expires" not in (table.get(OPENID) or {})

    def test_who_leaves_after_that_expires_all_the_same(
        self, profiles: Profiles, table: ProfileTable
    ) -> None:
        profiles.forget(OPENID, NOW)
        expires = (table.get(OPENID) or {})["expires"]
        profiles.unsubscribed(OPENID, NOW + 1)
        profiles.must_authorize_again(OPENID, NOW + 1)
        assert (table.get(OPENID) or {})["expires"] == expires

    def test_unbinding_twice_is_once(self, profiles: Profiles, clock: Clock) -> None:
        profiles.bind(OPENID, "42", "m***")
        clock.sleep(1)
        profiles.unbind(OPENID)
        profiles.unbind(OPENID)
        found = profiles.get(OPENID)
        assert found is not None
        assert (found.user_id, found.valid_from) == ("", NOW + 1)


class TestBinding:
    def test_a_session_that_was_ended_binds_nobody(self, profiles: Profiles, clock: Clock) -> None:
        profiles.authorized(OPENID, GRANT, SHOWN, NOW)
        clock.sleep(10)
        profiles.forget(OPENID, NOW + 5)
        with pytest.raises(BoundElsewhere):
            profiles.bind(OPENID, "42", "m***", session=NOW)
        profiles.bind(OPENID, "42", "m***", session=NOW + 10)
        assert profiles.bound_to("42") == OPENID

    def test_who_is_bound_expires_on_neither_side(
        self, profiles: Profiles, table: ProfileTable
    ) -> None:
        profiles.bind(OPENID, "42", "m***")
        profiles.forget(OPENID, NOW)
        for openid, user_id in ((OPENID, "43"), ("oHONG", "42")):
            profiles.bind(openid, user_id, "***")
            assert "expires" not in (table.get(openid) or {})
            assert "expires" not in (table.get(f"user#{user_id}") or {})

    def test_each_side_has_one_other(self, profiles: Profiles) -> None:
        profiles.bind(OPENID, "42", "m***")
        profiles.bind(OPENID, "42", "m***")
        with pytest.raises(BoundElsewhere):
            profiles.bind("oHONG", "42", "h***")
        with pytest.raises(BoundElsewhere):
            profiles.bind(OPENID, "43", "m***")
        assert profiles.bound_to("42") == OPENID
        assert profiles.bound_to("43") is None
        assert profiles.get("oHONG") is None

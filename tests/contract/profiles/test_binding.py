"""A user of the site has one openid, on either table."""

import pytest

from chalicelib.ports import ProfileTable
from chalicelib.users.profiles import BoundElsewhere, Profiles
from tests.contract.profiles.values import GRANT, NOW, OPENID, SHOWN
from tests.fakes import Clock, FakeProfileTable


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

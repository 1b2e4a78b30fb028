"""What a user takes back stays away, on either table."""

from collections.abc import Callable

import pytest

from chalicelib.ports import ProfileTable
from chalicelib.users.profiles import SESSION_SECONDS, Profiles
from tests.contract.profiles.values import GRANT, NOW, OPENID, SHOWN
from tests.fakes import Clock


class TestWhatIsTakenBack:
    def test_a_withdrawal_takes_what_the_user_showed_and_allowed(self, profiles: Profiles) -> None:
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

    @pytest.mark.parametrize("take_back", [Profiles.withdraw, Profiles.forget])
    def test_an_older_withdrawal_brings_no_ended_session_back(
        self, profiles: Profiles, take_back: Callable[[Profiles, str, float], None]
    ) -> None:
        profiles.authorized(OPENID, GRANT, SHOWN, NOW - 20)
        profiles.sign_out_everywhere(OPENID)
        ended = profiles.get(OPENID)
        take_back(profiles, OPENID, NOW - 10)
        found = profiles.get(OPENID)
        assert ended is not None
        assert found is not None
        assert (found.nickname, found.valid_from) == ("", ended.valid_from)

    def test_an_event_from_before_the_user_was_forgotten_brings_nothing_back(
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

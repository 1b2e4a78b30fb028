"""What happens between our read of a profile and our write is not lost, on either table."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib.conditions import Item
from chalicelib.ports import ProfileTable, Write
from chalicelib.users.profiles import Profiles
from tests.contract.profiles.values import GRANT, NOW, OPENID, SHOWN


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
    def test_a_user_forgotten_while_binding_leaves_the_sites_user_free(
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

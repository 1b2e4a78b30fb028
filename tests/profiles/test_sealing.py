"""The keys that seal tokens, and what they open."""

from base64 import urlsafe_b64encode

import pytest

from chalicelib.ports import Unavailable
from chalicelib.users.sealing import Unsealable
from tests.door import Door
from tests.profiles.account import MING, profile
from tests.visitors import People


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

    def test_an_old_key_opens_for_ever_and_use_seals_with_the_new_one(
        self, door: Door, people: People
    ) -> None:
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

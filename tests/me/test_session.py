"""How long a session counts, and what is none."""

from base64 import urlsafe_b64encode

import pytest

from chalicelib.credentials.values import own_key
from chalicelib.users.profiles import SESSION_SECONDS
from chalicelib.web.signing import signed
from tests.door import Door
from tests.me.visitor import MING, SESSION
from tests.visitors import Browser, People


def forged_session(key: bytes, door: Door) -> str:
    """What somebody makes who knows how sessions of MING look, and a key."""
    values = {"openid": MING.openid, "since": door.clock.now}
    return signed([key], "session", values, door.clock.now + 60)


class TestASession:
    def test_it_ends_after_a_week(self, browser: Browser, door: Door) -> None:
        door.clock.sleep(SESSION_SECONDS - 1)
        assert browser.get("/me").status == 200
        door.clock.sleep(2)
        assert browser.get("/me").status == 302

    def test_it_survives_a_new_cookie_key(self, browser: Browser, door: Door) -> None:
        door.clock.sleep(60)
        door.parameters.put("cookie-key", urlsafe_b64encode(b"2" * 32).decode())
        door.clock.sleep(700)
        assert browser.get("/me").status == 200

    def test_one_signed_by_a_key_this_process_has_not_read_counts_at_once(
        self, browser: Browser, people: People, door: Door
    ) -> None:
        door.clock.sleep(60)
        door.parameters.put("cookie-key", urlsafe_b64encode(b"2" * 32).decode())
        newer = door.site().logins.cookie(MING.openid, door.clock.now)
        browser.cookies[SESSION] = newer.value
        assert browser.get("/me").status == 200

    def test_a_key_that_was_retired_a_minute_ago_signs_nobody_in(
        self, browser: Browser, door: Door
    ) -> None:
        for _ in range(2):
            door.parameters.put("cookie-key", urlsafe_b64encode(b"2" * 32).decode())
        door.clock.sleep(70)
        assert browser.get("/me").status == 302

    def test_the_same_key_written_twice_ends_all_older_ones(
        self, browser: Browser, door: Door
    ) -> None:
        for _ in range(2):
            door.clock.sleep(60)
            door.parameters.put("cookie-key", urlsafe_b64encode(b"2" * 32).decode())
        door.clock.sleep(700)
        assert browser.get("/me").status == 302

    def test_one_that_a_new_key_has_signed_survives_the_end_of_older_ones(
        self, people: People, door: Door
    ) -> None:
        browser = Browser()
        for _ in range(2):
            door.clock.sleep(700)
            door.parameters.put("cookie-key", urlsafe_b64encode(b"2" * 32).decode())
            door.clock.sleep(700)
            if not browser.cookies:
                browser.sign_in(people, MING)
        assert browser.get("/me").status == 200

    def test_a_key_that_was_replaced_a_week_ago_signs_nobody_in(
        self, browser: Browser, door: Door
    ) -> None:
        (old,) = door.parameters.read(["cookie-key"])
        door.parameters.put("cookie-key", urlsafe_b64encode(b"2" * 32).decode())
        door.clock.sleep(SESSION_SECONDS + 700)
        forged = forged_session(own_key(old.value), door)
        assert Browser(cookies={SESSION: forged}).get("/me").status == 302

    def test_a_malformed_key_signs_nobody_in(self, browser: Browser, door: Door) -> None:
        door.parameters.put("cookie-key", "")
        door.clock.sleep(700)
        assert Browser(cookies={SESSION: forged_session(b"", door)}).get("/me").status == 302
        assert browser.get("/me").status == 200

    def test_one_whose_profile_is_gone_is_none(self, browser: Browser, door: Door) -> None:
        del door.profile_table.items[MING.openid]
        assert browser.get("/me").status == 302

    @pytest.mark.parametrize("cookie", ["", "forged", "e30.sig", "\x00", "." * 100])
    def test_a_forged_one_is_none(self, browser: Browser, cookie: str) -> None:
        browser.cookies[SESSION] = cookie
        assert browser.get("/me").status == 302

    @pytest.mark.parametrize("space", ["\u2000", "\x85", "\xa0", "\x0b", "\t"])
    def test_one_of_a_neighbour_who_disguises_its_name_is_none(
        self, browser: Browser, space: str
    ) -> None:
        browser.cookies = {f"{space}{SESSION}": browser.cookies[SESSION]}
        assert browser.get("/me").status == 302

    def test_what_was_signed_for_a_form_is_no_session(self, browser: Browser) -> None:
        browser.cookies[SESSION] = browser.get("/me").form["csrf"]
        assert browser.get("/me").status == 302

    def test_a_team_s_own_route_learns_who_asks(self, browser: Browser, door: Door) -> None:
        assert browser.visits(door) is not None
        assert Browser().visits(door) is None

"""The forms of the page: signing out, and deleting one's data."""

import pytest

from simulator import pushes
from tests.door import Door
from tests.me.visitor import MING, SESSION
from tests.visitors import Browser, People, Person


class TestTheWayOut:
    def test_signing_out_ends_the_session_of_this_browser(
        self, browser: Browser, people: People
    ) -> None:
        elsewhere = Browser()
        elsewhere.sign_in(people, MING)
        page = browser.post("/logout", **browser.get("/me").form)
        assert "已退出" in page.body
        assert SESSION not in browser.cookies
        assert browser.get("/me").status == 302
        assert elsewhere.get("/me").status == 200

    def test_a_reload_of_the_callback_signs_nobody_in_again(self, people: People) -> None:
        browser = Browser()
        callback = browser.consents(people, MING, browser.get("/me"))
        browser.get(callback)
        browser.post("/logout", **browser.get("/me").form)
        assert browser.get(callback).status == 403

    def test_signing_out_everywhere_ends_all_sessions(
        self, browser: Browser, people: People, door: Door
    ) -> None:
        elsewhere = Browser()
        elsewhere.sign_in(people, MING)
        door.clock.sleep(1)
        browser.post("/me", action="sign_out_everywhere", **browser.get("/me").form)
        assert elsewhere.get("/me").status == 302
        assert browser.get("/me").status == 302
        browser.sign_in(people, MING)
        assert browser.get("/me").status == 200

    @pytest.mark.parametrize("path", ["/logout", "/me"])
    @pytest.mark.parametrize("csrf", ["", "forged"])
    def test_a_form_that_comes_from_elsewhere_does_nothing(
        self, browser: Browser, path: str, csrf: str
    ) -> None:
        assert browser.post(path, csrf=csrf, action="forget").status == 403
        assert browser.get("/me").status == 200

    @pytest.mark.parametrize("path", ["/logout", "/me", "/oauth/bind"])
    def test_a_page_of_another_site_signs_nobody_out(self, browser: Browser, path: str) -> None:
        browser.post_from_elsewhere(path, csrf="forged", action="sign_out_everywhere")
        assert browser.get("/me").status == 200

    def test_a_form_of_somebody_else_does_nothing(self, browser: Browser, people: People) -> None:
        other = Browser()
        other.sign_in(people, Person("oOTHER"))
        form = other.get("/me").form
        assert browser.post("/me", action="forget", **form).status == 403

    def test_an_unknown_action_does_nothing(self, browser: Browser) -> None:
        form = browser.get("/me").form
        assert browser.post("/me", action="promote", **form).status == 403


class TestDeleteMyData:
    def test_it_takes_everything_and_ends_the_sessions(self, browser: Browser, door: Door) -> None:
        door.push(pushes.follow(scene="shop").by(MING.openid))
        door.profiles.bind(MING.openid, "42", "m***@example.com")
        door.clock.sleep(1)
        page = browser.post("/me", action="forget", **browser.get("/me").form)
        assert "<title>数据已删除</title>" in page.body
        assert browser.get("/me").status == 302
        left = door.profile_table.items[MING.openid]
        assert left.keys() == {"valid_from", "consented", "granted", "shown", "since", "expires"}
        assert "bound_to" not in door.profile_table.items["user#42"]

    def test_they_may_come_back(self, browser: Browser, people: People, door: Door) -> None:
        door.clock.sleep(1)
        browser.post("/me", action="forget", **browser.get("/me").form)
        door.clock.sleep(1)
        browser.sign_in(people, MING)
        assert "小明" in browser.get("/me").body
        assert "expires" not in door.profile_table.items[MING.openid]

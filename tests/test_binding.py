"""Tying a WeChat user to a user of the site: links, the page that names both, and attacks."""

from base64 import urlsafe_b64encode
from urllib.parse import parse_qsl, urlsplit

import pytest

from chalicelib.conditions import Item
from chalicelib.ports import Write
from chalicelib.web.tickets import bind_link
from tests.conftest import OpenDoor
from tests.door import Door
from tests.visitors import SITE, Browser, Page, People, Person

MING = Person("oMING-0123456789-0123456789")
HONG = Person("oHONG-0123456789-0123456789", "小红")
BACK = "https://shop.example/account/done?from=wechat"


@pytest.fixture
def door(open_door: OpenDoor) -> Door:
    return open_door()


@pytest.fixture
def people(door: Door) -> People:
    return People(door)


def link(
    door: Door, user_id: str = "42", label: str = "a***@example.com", return_to: str = BACK
) -> str:
    (key,) = door.parameters.read(["ticket-key"])
    return bind_link(SITE, key.value, user_id, label, return_to)


def opened(people: People, person: Person, address: str) -> tuple[Browser, Page]:
    """What a person sees when they open the link and consent."""
    browser = Browser()
    back = browser.sign_in(people, person, address)
    assert back.location == address
    return browser, browser.get(back.location)


def confirmed(browser: Browser, page: Page) -> Page:
    return browser.post("/oauth/bind", **page.form)


def user_id(door: Door, person: Person) -> str:
    profile = door.profiles.get(person.openid)
    assert profile is not None
    return profile.user_id


class TestBinding:
    def test_the_page_names_both_sides_and_binds_nobody(self, door: Door, people: People) -> None:
        _, page = opened(people, MING, link(door))
        assert "将微信「<bdi>小明</bdi>」绑定到账号 <bdi>a***@example.com</bdi>？" in page.body
        assert user_id(door, MING) == ""

    def test_a_confirmation_binds_and_leads_back(self, door: Door, people: People) -> None:
        browser, page = opened(people, MING, link(door))
        done = confirmed(browser, page)
        assert (done.status, done.location) == (303, BACK)
        assert user_id(door, MING) == "42"
        assert "a***@example.com" in browser.get("/me").body

    def test_the_user_of_the_site_finds_them(self, door: Door, people: People) -> None:
        confirmed(*opened(people, MING, link(door)))
        found = door.profiles.of_user("42")
        assert found is not None
        assert found.openid == MING.openid
        assert door.profiles.of_user("43") is None

    def test_the_form_may_lead_to_the_return_address_only(self, door: Door, people: People) -> None:
        _, page = opened(people, MING, link(door))
        policy = page.headers["Content-Security-Policy"]
        assert "form-action 'self' https://shop.example; " in policy

    def test_who_is_signed_in_already_is_not_asked_again(self, door: Door, people: People) -> None:
        browser = Browser()
        browser.sign_in(people, MING)
        assert "<title>绑定账号</title>" in browser.get(link(door)).body

    def test_a_visitor_who_gave_only_their_openid_is_asked_for_their_name(
        self, door: Door, people: People
    ) -> None:
        browser = Browser()
        base = Person(MING.openid, scope="snsapi_base")
        browser.sign_in(people, base, "/oauth/authorize?scope=base")
        assert "scope=snsapi_userinfo" in browser.get(link(door)).location

    @pytest.mark.parametrize(
        "address",
        [
            "",
            "https://evil.example/account",
            "https://shop.example.evil.example/account",
            "https://shop.example@evil.example/account",
            "https://shop.example/accounts",
            "https://shop.example/account/../steal",
            "https://shop.example/account/%2e%2E/steal",
            "https://shop.example/account/.%2e/steal",
            "http://shop.example/account",
            "//shop.example/account",
            "javascript:alert(1)",
            "https://shop.example/account;x",
            "https://shop.example/account\n",
            "https://[shop.example/account",
        ],
    )
    def test_an_address_that_is_not_on_the_list_is_not_gone_to(
        self, door: Door, people: People, address: str
    ) -> None:
        done = confirmed(*opened(people, MING, link(door, return_to=address)))
        assert done.location == f"{SITE}/me"

    def test_unbinding_frees_both_sides_and_ends_other_sessions(
        self, door: Door, people: People
    ) -> None:
        browser, page = opened(people, MING, link(door))
        confirmed(browser, page)
        elsewhere = Browser()
        elsewhere.sign_in(people, MING)
        door.clock.sleep(1)
        browser.post("/me", action="unbind", **browser.get("/me").form)
        assert "未绑定" in browser.get("/me").body
        assert elsewhere.get("/me").status == 302
        confirmed(*opened(people, HONG, link(door)))
        assert user_id(door, HONG) == "42"

    def test_binding_again_changes_nothing(self, door: Door, people: People) -> None:
        browser, page = opened(people, MING, link(door))
        confirmed(browser, page)
        assert "<title>已经绑定</title>" in browser.get(link(door)).body
        assert user_id(door, MING) == "42"


class TestTickets:
    def test_an_altered_one_is_refused(self, door: Door) -> None:
        address = link(door)
        assert Browser().get(address[:-2]).status == 403
        assert Browser().get("/oauth/bind").status == 403
        assert Browser().get("/oauth/bind?ticket=forged").status == 403

    def test_one_signed_by_another_key_of_ours_is_refused(self, door: Door) -> None:
        (key,) = door.parameters.read(["cookie-key"])
        assert Browser().get(bind_link(SITE, key.value, "42", "a***")).status == 403

    def test_it_ends_after_ten_minutes(self, door: Door) -> None:
        address = link(door)
        door.clock.sleep(590)
        assert Browser().get(address).status == 302
        door.clock.sleep(20)
        assert Browser().get(address).status == 403

    def test_a_new_key_ends_no_link(self, door: Door) -> None:
        address = link(door)
        door.clock.sleep(60)
        door.parameters.put("ticket-key", urlsafe_b64encode(b"2" * 32).decode())
        assert Browser().get(address).status == 302
        assert Browser().get(link(door)).status == 302

    def test_it_is_good_once(self, door: Door, people: People) -> None:
        address = link(door)
        browser, page = opened(people, MING, address)
        confirmed(browser, page)
        browser.post("/me", action="unbind", **browser.get("/me").form)
        assert browser.get(address).status == 403
        again = browser.get("/me").form | {"ticket": page.form["ticket"]}
        assert browser.post("/oauth/bind", **again).status == 403
        assert user_id(door, MING) == ""

    def test_it_belongs_to_the_first_who_opened_it(self, door: Door, people: People) -> None:
        address = link(door)
        opened(people, MING, address)
        door.clock.sleep(500)
        browser, page = opened(people, HONG, address)
        assert page.status == 403
        form = browser.get("/me").form | dict(parse_qsl(urlsplit(address).query))
        assert browser.post("/oauth/bind", **form).status == 403
        assert user_id(door, HONG) == ""

    def test_a_link_needs_a_user_and_a_label(self, door: Door) -> None:
        (key,) = door.parameters.read(["ticket-key"])
        with pytest.raises(ValueError, match="label"):
            bind_link(SITE, key.value, "42", "")
        with pytest.raises(ValueError, match="400 bytes"):
            bind_link(SITE, key.value, "42", "a***", f"{BACK}/{'x' * 400}")
        with pytest.raises(ValueError, match="32 bytes"):
            bind_link(SITE, "short", "42", "a***")

    def test_a_route_makes_links_to_allowed_addresses_alone(
        self, door: Door, people: People
    ) -> None:
        binding = door.site().binding
        address = binding.link(SITE, "42", "a***", BACK)
        assert confirmed(*opened(people, MING, address)).location == BACK
        assert binding.link(SITE, "42", "a***", "").startswith(f"{SITE}/oauth/bind?ticket=")
        with pytest.raises(ValueError, match="RETURN_URLS does not have https://evil"):
            binding.link(SITE, "42", "a***", "https://evil.example/account")


class TestAttacks:
    def test_a_post_without_the_pages_token_binds_nobody(self, door: Door, people: People) -> None:
        browser, page = opened(people, MING, link(door))
        assert browser.post("/oauth/bind", ticket=page.form["ticket"]).status == 403
        assert browser.post("/oauth/bind", **page.form | {"csrf": "forged"}).status == 403
        assert user_id(door, MING) == ""

    def test_the_token_of_an_attackers_own_page_binds_nobody_else(
        self, door: Door, people: People
    ) -> None:
        _, attackers = opened(people, HONG, link(door))
        victim = Browser()
        victim.sign_in(people, MING)
        assert victim.post("/oauth/bind", **attackers.form).status == 403
        assert user_id(door, MING) == ""

    def test_a_user_who_is_bound_to_another_gets_a_clear_page(
        self, door: Door, people: People
    ) -> None:
        confirmed(*opened(people, MING, link(door)))
        _, page = opened(people, HONG, link(door))
        assert (page.status, "<title>无法绑定</title>" in page.body) == (409, True)

    def test_a_wechat_that_is_bound_to_another_user_gets_a_clear_page(
        self, door: Door, people: People
    ) -> None:
        confirmed(*opened(people, MING, link(door)))
        _, page = opened(people, MING, link(door, user_id="43"))
        assert page.status == 409
        assert user_id(door, MING) == "42"

    def test_a_lost_race_leaves_one_binding(self, door: Door, people: People) -> None:
        first, first_page = opened(people, MING, link(door))
        second, second_page = opened(people, HONG, link(door))
        assert confirmed(first, first_page).status == 303
        assert confirmed(second, second_page).status == 409
        assert (user_id(door, MING), user_id(door, HONG)) == ("42", "")

    def test_a_visitor_beaten_while_confirming_gets_the_same_page(
        self, door: Door, people: People, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        browser, page = opened(people, MING, link(door))
        write = door.profile_table.write

        def beaten(*writes: Write) -> Item:
            patched.undo()
            door.profiles.bind(HONG.openid, "42", "h***")
            return write(*writes)

        with monkeypatch.context() as patched:
            patched.setattr(door.profile_table, "write", beaten)
            assert confirmed(browser, page).status == 409
        assert user_id(door, MING) == ""

    def test_names_of_both_sides_are_shown_as_text(self, door: Door, people: People) -> None:
        _, page = opened(people, Person("oODD", "<b>"), link(door, label="<i>\u202e"))
        assert "「<bdi>&lt;b&gt;</bdi>」" in page.body
        assert "<bdi>&lt;i&gt;</bdi>？" in page.body

"""The page of whoever is signed in, the forms, and the way out."""

from base64 import urlsafe_b64encode

import pytest

from chalicelib.credentials.values import own_key
from chalicelib.users.profiles import SESSION_SECONDS
from chalicelib.web.signing import signed
from simulator import pushes
from tests.conftest import OpenDoor
from tests.door import Door
from tests.visitors import SITE, Browser, People, Person

MING = Person("oMING-0123456789-0123456789")
SESSION = "__Host-session"


@pytest.fixture
def door(open_door: OpenDoor) -> Door:
    return open_door()


@pytest.fixture
def people(door: Door) -> People:
    return People(door)


@pytest.fixture
def browser(door: Door, people: People) -> Browser:
    """One in which MING is signed in."""
    browser = Browser()
    browser.sign_in(people, MING)
    return browser


def forged_session(key: bytes, door: Door) -> str:
    """What somebody makes who knows how sessions of MING look, and a key."""
    values = {"openid": MING.openid, "since": door.clock.now}
    return signed([key], "session", values, door.clock.now + 60)


class TestThePage:
    def test_who_is_signed_out_is_sent_to_wechat_and_back(self, people: People) -> None:
        browser = Browser()
        assert "scope=snsapi_userinfo" in browser.get("/me").location
        assert browser.sign_in(people, MING, "/me").location == f"{SITE}/me"
        assert "小明" in browser.get("/me").body

    def test_who_gave_his_openid_alone_is_asked_for_his_profile(self, people: People) -> None:
        browser = Browser()
        base = Person(MING.openid, scope="snsapi_base")
        browser.sign_in(people, base, "/oauth/authorize?scope=base")
        assert "scope=snsapi_userinfo" in browser.get("/me").location

    @pytest.mark.parametrize(
        ("nickname", "shown"),
        [
            ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
            ('"><img src=x>', "&#34;&gt;&lt;img src=x&gt;"),
            ("{{ 7 * 7 }}", "{{ 7 * 7 }}"),
            ("小\x07明\x00\u202e\n", "小明"),
            ("👨‍👩‍👧 🇨🇳", "👨‍👩‍👧 🇨🇳"),
            ("\ud83d", "微信用户"),
            ("", "微信用户"),
        ],
    )
    def test_a_nickname_is_shown_as_text(
        self, door: Door, people: People, nickname: str, shown: str
    ) -> None:
        browser = Browser()
        browser.sign_in(people, Person("oODD", nickname))
        assert f"<bdi>{shown}</bdi></h1>" in browser.get("/me").body
        door.profile_table.items["oODD"]["nickname"].encode()  # as on the way to DynamoDB

    @pytest.mark.parametrize(
        ("url", "loaded"),
        [
            ("http://thirdwx.qlogo.cn/a/132", 'src="https://thirdwx.qlogo.cn/a/132"'),
            ("https://thirdwx.qlogo.cn/a/132", 'src="https://thirdwx.qlogo.cn/a/132"'),
            ("javascript://alert(1)", '<div class="face"'),
            ('http://a/"onerror="x', 'src="https://a/&#34;onerror=&#34;x"'),
            ("", '<div class="face"'),
        ],
    )
    def test_a_picture_is_loaded_by_https_or_not_at_all(
        self, people: People, url: str, loaded: str
    ) -> None:
        browser = Browser()
        browser.sign_in(people, Person("oPICTURE", shows={"headimgurl": url}))
        assert loaded in browser.get("/me").body

    def test_it_shows_the_region_and_the_privileges(self, people: People) -> None:
        browser = Browser()
        shows = {"country": "中国", "province": "广东", "city": "<深圳>", "privilege": ["a", "b"]}
        browser.sign_in(people, Person("oFAR", shows=shows))
        body = browser.get("/me").body
        assert "中国 广东 &lt;深圳&gt;" in body
        assert "a、b" in body

    def test_it_is_kept_nowhere_and_loads_nothing_strange(self, browser: Browser) -> None:
        headers = browser.get("/me").headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Content-Type-Options"] == "nosniff"
        style, *rest = (
            headers["Content-Security-Policy"].removeprefix("default-src 'none'; ").split("; ")
        )
        assert style.startswith("style-src 'sha256-")
        assert rest == [
            "img-src https:",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]


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

    def test_he_may_come_back(self, browser: Browser, people: People, door: Door) -> None:
        door.clock.sleep(1)
        browser.post("/me", action="forget", **browser.get("/me").form)
        door.clock.sleep(1)
        browser.sign_in(people, MING)
        assert "小明" in browser.get("/me").body
        assert "expires" not in door.profile_table.items[MING.openid]


class TestMustAuthorizeAgain:
    def test_the_page_sends_him_there_once(
        self, browser: Browser, people: People, door: Door
    ) -> None:
        people.end_access_tokens()
        people.end_refresh_tokens()
        door.renewal.renew(MING.openid)
        assert "scope=snsapi_userinfo" in browser.get("/me").location
        browser.sign_in(people, MING, "/me")
        assert browser.get("/me").status == 200


@pytest.mark.parametrize("content_type", ["", "x", "application/json", "text/xml; ;", "你/好"])
@pytest.mark.parametrize("body", [b"", b"%zz=%&&=", b"csrf=%ff\xff", b"\x00" * 100, b"&" * 5000])
def test_what_no_browser_asks_for_gets_a_page_all_the_same(
    door: Door, content_type: str, body: bytes
) -> None:
    browser = Browser(cookies={"": "", SESSION: "你好", " ": "=;="})
    for method, path in (
        ("GET", "/oauth/authorize"),
        ("GET", "/oauth/callback?state=%ff&state=&code=%00"),
        ("GET", "/oauth/bind?ticket=.&ticket=%ff.."),
        ("POST", "/oauth/bind"),
        ("GET", "/me"),
        ("POST", "/me"),
        ("POST", "/logout"),
        ("GET", "/%ff"),
    ):
        page = browser.send(method, path, body, content_type)
        assert page.status < 500
        assert page.headers["Content-Type"].startswith("text/")
    assert not [line for line in door.log if line["level"] == "ERROR"]


@pytest.mark.parametrize(
    ("file", "status"),
    [
        ("MP_verify_abcDEF0123456789.txt", 200),
        ("MP_verify_abcDEF0123456788.txt", 404),
        ("MP_verify_.txt", 404),
        ("MP_verify_abcDEF0123456789", 404),
        ("abcDEF0123456789.txt", 404),
        ("abcDEF0123456789", 404),
        ("robots.txt", 404),
        ("favicon.ico", 404),
        ("MP_verify_你好.txt", 404),
    ],
)
def test_only_our_own_domain_verification_is_there(door: Door, file: str, status: int) -> None:
    door.parameters.put("domain-verification", "abcDEF0123456789")
    page = Browser().get(f"/{file}")
    assert page.status == status
    assert page.headers["Content-Type"] == "text/plain"
    assert page.body == ("abcDEF0123456789" if status == 200 else "not found")


def test_strangers_files_ask_ssm_once_in_ten_seconds(door: Door) -> None:
    door.parameters.put("domain-verification", "abcDEF0123456789")
    for number in range(20):
        assert Browser().get(f"/MP_verify_{number:016}.txt").status == 404
    assert door.parameters.reads <= 2


def test_a_code_that_changes_counts_at_once(door: Door) -> None:
    door.parameters.put("domain-verification", "abcDEF0123456789")
    assert Browser().get("/MP_verify_second.txt").status == 404
    door.clock.sleep(11)
    door.parameters.put("domain-verification", "second")
    assert Browser().get("/MP_verify_second.txt").status == 200


def test_without_a_code_no_file_is_ours(door: Door) -> None:
    assert Browser().get("/MP_verify_.txt").status == 404
    assert Browser().get("/MP_verify_x.txt").status == 404

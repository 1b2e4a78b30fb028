"""The page of whoever is signed in."""

import pytest

from tests.door import Door
from tests.me.visitor import MING, SESSION
from tests.visitors import SITE, Browser, People, Person


class TestThePage:
    def test_who_is_signed_out_is_sent_to_wechat_and_back(self, people: People) -> None:
        browser = Browser()
        assert "scope=snsapi_userinfo" in browser.get("/me").location
        assert browser.sign_in(people, MING, "/me").location == f"{SITE}/me"
        assert "小明" in browser.get("/me").body

    def test_a_user_who_gave_only_their_openid_is_asked_for_the_profile(
        self, people: People
    ) -> None:
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


class TestMustAuthorizeAgain:
    def test_the_page_sends_them_there_once(
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

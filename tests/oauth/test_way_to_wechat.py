"""The redirection to WeChat: its address, its state and its cookie."""

from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import pytest

from tests.door import OPEN_URL, Door
from tests.oauth.visitor import MING, is_page
from tests.visitors import SITE, Browser, People


class TestOnTheWayToWeChat:
    def test_everything_is_encoded_in_wechats_order(self, browser: Browser, door: Door) -> None:
        sent = browser.get("/oauth/authorize?next=%2Fme&scope=base&forcePopup=true")
        assert sent.status == 302
        address, fragment = sent.location.split("#")
        assert fragment == "wechat_redirect"
        assert address.startswith(
            f"{OPEN_URL}/connect/oauth2/authorize?appid=wx1"
            "&redirect_uri=https%3A%2F%2Fexample.com%2Fapi%2Foauth%2Fcallback"
            "&response_type=code&scope=snsapi_base&state="
        )
        assert address.endswith("&forcePopup=true")

    def test_the_state_is_random_letters_and_digits(self, browser: Browser) -> None:
        states = {
            dict(parse_qsl(urlsplit(browser.get("/oauth/authorize").location).query))["state"]
            for _ in range(3)
        }
        assert len(states) == 3
        assert all(state.isalnum() and 32 <= len(state) <= 128 for state in states)

    def test_without_a_scope_the_profile_is_asked_for(self, browser: Browser) -> None:
        location = browser.get("/oauth/authorize").location
        assert "scope=snsapi_userinfo&" in location
        assert "forcePopup" not in location

    def test_its_cookie_is_hidden_bound_to_the_host_and_short_lived(self, browser: Browser) -> None:
        (cookie,) = browser.get("/oauth/authorize").set_cookies
        assert cookie.startswith("__Host-state-")
        assert {each.strip() for each in cookie.split(";")[1:]} == {
            "Max-Age=600",
            "Path=/",
            "Secure",
            "HttpOnly",
            "SameSite=Lax",
        }

    def test_a_custom_domain_gives_its_own_address(self, door: Door) -> None:
        sent = Browser("https://wx.example.org").get("/oauth/authorize")
        assert "redirect_uri=https%3A%2F%2Fwx.example.org%2Foauth%2Fcallback&" in sent.location

    def test_a_slash_at_the_end_changes_no_address(self, browser: Browser) -> None:
        sent = browser.get("/oauth/authorize/?next=/shop")
        assert "redirect_uri=https%3A%2F%2Fexample.com%2Fapi%2Foauth%2Fcallback&" in sent.location

    def test_a_public_url_rules(self, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PUBLIC_URL", "https://public.example/v1/")
        sent = browser.get("/oauth/authorize")
        assert "redirect_uri=https%3A%2F%2Fpublic.example%2Fv1%2Foauth%2Fcallback&" in sent.location

    @pytest.mark.parametrize(
        "next_",
        [
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "/shop\\evil.example",
            "\\\\evil.example",
            "https:evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "evil",
            "",
            "/%0d%0aSet-Cookie:x=y".replace("%0d%0a", "\r\n"),
            "/\tevil",
            "/ evil",
            "/\x00",
            "//你好.example",
            "/你 好",
            "/" + "a" * 2000,
        ],
    )
    def test_next_is_a_path_on_this_site_and_nothing_else(
        self, browser: Browser, next_: str
    ) -> None:
        refused = browser.ask("/oauth/authorize", next=next_)
        assert is_page(refused, 400, "链接无效")
        assert not refused.set_cookies

    @pytest.mark.parametrize("next_", ["/商品/茶叶?规格=小", f"/{quote('商品/茶叶')}?%E8=1"])
    def test_next_may_have_chinese_characters_encoded_once_or_twice(
        self, browser: Browser, people: People, next_: str
    ) -> None:
        back = browser.sign_in(people, MING, f"/oauth/authorize?{urlencode({'next': next_})}")
        assert back.location == SITE + quote(next_, safe="/?=%")

    def test_an_unknown_scope_is_refused(self, browser: Browser) -> None:
        assert is_page(browser.get("/oauth/authorize?scope=snsapi_login"), 400, "链接无效")

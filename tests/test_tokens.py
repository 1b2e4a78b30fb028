"""One access token for all calls, and the app secret behind it may change."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from chalicelib.ports import Unavailable
from chalicelib.wechat.errors import (
    OperatorMustAct,
    SecretRefused,
    TokenRefused,
    TokenRejected,
    TryLater,
    Uncertain,
)
from tests.wechat_api import STABLE_TOKEN, WeChat, json_answer


@pytest.fixture
def wechat() -> WeChat:
    return WeChat()


def get(wechat: WeChat) -> dict[str, Any]:
    return wechat.api.call("GET", "/cgi-bin/tags/get")


class TestTheAccessToken:
    def test_it_is_asked_for_as_wechat_documents_and_never_by_force(self, wechat: WeChat) -> None:
        get(wechat)
        (request,) = wechat.requests(STABLE_TOKEN)
        assert (request.method, request.query) == ("POST", {})
        assert request.fields == {
            "grant_type": "client_credential",
            "appid": "wx1",
            "secret": "first",
            "force_refresh": False,
        }

    def test_every_call_carries_the_one_token(self, wechat: WeChat) -> None:
        for _ in range(3):
            get(wechat)
        carried = [request.query for request in wechat.requests("/cgi-bin/tags/get")]
        assert carried == [{"access_token": "token-1"}] * 3
        assert wechat.token_calls == 1

    def test_it_is_kept_until_shortly_before_its_end(self, wechat: WeChat) -> None:
        get(wechat)
        wechat.clock.sleep(7200 - 301)
        get(wechat)
        assert wechat.token_calls == 1
        wechat.clock.sleep(2)
        get(wechat)
        assert wechat.token_calls == 2

    def test_one_that_soon_ends_is_kept_for_half_its_life(self, wechat: WeChat) -> None:
        wechat.expires_in = 60
        get(wechat)
        wechat.clock.sleep(29)
        get(wechat)
        assert wechat.token_calls == 1
        wechat.clock.sleep(2)
        get(wechat)
        assert wechat.token_calls == 2

    def test_a_rejected_one_is_fetched_again_and_the_call_repeated(self, wechat: WeChat) -> None:
        wechat.rejected = {"token-1"}
        get(wechat)
        assert wechat.token_calls == 2
        assert len(wechat.requests("/cgi-bin/tags/get")) == 2

    def test_one_rejected_again_is_not_tried_a_third_time(self, wechat: WeChat) -> None:
        wechat.rejected = {"token-1", "token-2"}
        with pytest.raises(TokenRejected):
            get(wechat)
        assert wechat.token_calls == 2

    def test_many_threads_fetch_it_once(self, wechat: WeChat) -> None:
        wechat.latency = 0.05
        with ThreadPoolExecutor(20) as pool:
            list(pool.map(lambda _: get(wechat), range(40)))
        assert wechat.token_calls == 1

    def test_many_threads_replace_a_rejected_one_once(self, wechat: WeChat) -> None:
        get(wechat)
        wechat.rejected = {"token-1"}
        wechat.rejections = Barrier(20, timeout=60)
        with ThreadPoolExecutor(20) as pool:
            list(pool.map(lambda _: get(wechat), range(20)))
        assert wechat.token_calls == 2

    def test_an_address_off_the_whitelist_is_named_to_the_operator(self, wechat: WeChat) -> None:
        wechat.transport.respond = lambda _: json_answer(
            errcode=40164, errmsg="invalid ip 203.0.113.7, not in whitelist"
        )
        with pytest.raises(OperatorMustAct, match=r"203\.0\.113\.7"):
            get(wechat)

    def test_without_one_in_the_answer_the_call_has_surely_not_been_done(
        self, wechat: WeChat
    ) -> None:
        wechat.transport.respond = lambda _: json_answer(expires_in=7200)
        with pytest.raises(TryLater) as failure:
            get(wechat)
        assert not isinstance(failure.value, Uncertain)


class TestTheAppSecret:
    @pytest.mark.parametrize("refusal", [40125, 40001])
    def test_one_that_was_changed_is_read_again_from_ssm(
        self, wechat: WeChat, refusal: int
    ) -> None:
        wechat.secrets.app()
        wechat.clock.sleep(20)
        wechat.refusal, wechat.secret = refusal, "second"
        wechat.parameters.put("app-secret", "second")
        get(wechat)
        assert wechat.secrets_tried == ["first", "second"]

    @pytest.mark.parametrize("refusal", [40125, 40001])
    def test_until_ssm_follows_the_operator_is_told(self, wechat: WeChat, refusal: int) -> None:
        wechat.refusal, wechat.secret = refusal, "second"
        with pytest.raises(SecretRefused, match="app-secret") as failure:
            get(wechat)
        assert failure.value.errcode == refusal
        assert wechat.secrets_tried == ["first"]

    def test_a_new_one_that_is_refused_as_well_is_not_tried_again(self, wechat: WeChat) -> None:
        wechat.secrets.app()
        wechat.clock.sleep(20)
        wechat.secret = "third"
        wechat.parameters.put("app-secret", "second")
        with pytest.raises(SecretRefused):
            get(wechat)
        assert wechat.secrets_tried == ["first", "second"]

    def test_ssm_is_not_hammered_meanwhile(self, wechat: WeChat) -> None:
        wechat.secret = "second"
        for _ in range(100):
            with pytest.raises(SecretRefused):
                get(wechat)
            wechat.clock.sleep(0.1)
        assert wechat.parameters.reads <= 3

    @pytest.mark.parametrize("name", ["app-id", "app-secret"])
    def test_while_one_is_missing_the_operator_is_told_how_to_set_it(
        self, wechat: WeChat, name: str
    ) -> None:
        wechat.parameters.remove(name)
        with pytest.raises(TokenRefused, match=f"run: .* secrets set {name} --stage test"):
            get(wechat)
        assert wechat.token_calls == 0

    def test_one_that_was_missing_counts_soon_after_it_is_set(self, wechat: WeChat) -> None:
        wechat.parameters.remove("app-secret")
        for _ in range(100):
            with pytest.raises(TokenRefused):
                get(wechat)
        assert wechat.parameters.reads == 1
        wechat.parameters.put("app-secret", "first")
        wechat.clock.sleep(10)
        get(wechat)

    def test_one_that_is_deleted_goes_on_in_the_processes_that_know_it(
        self, wechat: WeChat
    ) -> None:
        get(wechat)
        wechat.parameters.remove("app-secret")
        wechat.clock.sleep(7200)
        get(wechat)
        assert wechat.secrets_tried == ["first", "first"]

    def test_until_ssm_answers_it_is_unavailable(self, wechat: WeChat) -> None:
        wechat.parameters.available = False
        with pytest.raises(Unavailable):
            get(wechat)

    def test_an_outage_of_ssm_does_no_harm_to_one_that_was_read(self, wechat: WeChat) -> None:
        get(wechat)
        wechat.parameters.available = False
        wechat.clock.sleep(7200)
        get(wechat)
        assert wechat.token_calls == 2

    def test_neither_secret_is_shown_by_repr(self, wechat: WeChat) -> None:
        assert "first" not in repr(wechat.secrets.app())

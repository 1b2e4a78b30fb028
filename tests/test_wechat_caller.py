"""Pages and schedules call WeChat through wechat_caller: its answers and errors are WeChat's."""

import io
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chalicelib import log
from chalicelib.api.client import Api
from chalicelib.api.remote import RemoteCalls, RemoteOAuthApi
from chalicelib.ports import Misconfigured, Unavailable, Upload
from chalicelib.wechat.api_responses import ApiResponse
from chalicelib.wechat.customer_service import parts
from chalicelib.wechat.errors import (
    ApiError,
    MessageRefused,
    OperatorMustAct,
    Repeated,
    SecretRefused,
    SendingNotPermitted,
)
from chalicelib.wechat.replies import Text
from tests.fakes import FakeFunction
from tests.wechat_api import SEND, WeChat, json_answer

CODE = "code-00000000000000000001"
GRANT = {
    "access_token": "access-token-of-ming",
    "expires_in": 7200,
    "refresh_token": "refresh-token-of-ming",
    "openid": "oMING",
    "scope": "snsapi_userinfo",
}


@pytest.fixture
def wechat() -> WeChat:
    return WeChat()


@pytest.fixture
def caller(wechat: WeChat) -> FakeFunction:
    """The function wechat_caller, which a page asks over Lambda in JSON."""
    return wechat.caller


@pytest.fixture
def api(caller: FakeFunction, wechat: WeChat) -> Api:
    """The API as a page has it."""
    return Api(RemoteCalls(caller, wechat.clock), wechat.clock)


@pytest.fixture
def oauth_api(caller: FakeFunction) -> RemoteOAuthApi:
    return RemoteOAuthApi(caller)


class TestTheAccountsCalls:
    def test_a_call_comes_back_with_its_fields(self, api: Api, wechat: WeChat) -> None:
        wechat.answers["/cgi-bin/tags/get"] = json_answer(tags=[{"id": 1, "name": "星标\ud83d"}])
        assert api.call("GET", "/cgi-bin/tags/get", {"a": "1"})["tags"][0]["id"] == 1
        (request,) = wechat.requests("/cgi-bin/tags/get")
        assert request.query == {"access_token": "token-1", "a": "1"}

    def test_a_wrong_app_secret_is_refused_and_the_token_in_use_stays(
        self, api: Api, caller: FakeFunction, wechat: WeChat
    ) -> None:
        calls = RemoteCalls(caller, wechat.clock)
        api.call("GET", "/cgi-bin/tags/get")
        calls.check_secret()
        wechat.parameters.put("app-secret", "wrong")
        with pytest.raises(SecretRefused):
            calls.check_secret()
        api.call("GET", "/cgi-bin/tags/get")
        tokens = [each.query["access_token"] for each in wechat.requests("/cgi-bin/tags/get")]
        assert tokens == ["token-1", "token-1"]

    def test_a_message_reaches_its_user(self, api: Api, wechat: WeChat) -> None:
        (payload,) = parts(Text("早上好"))
        api.send("oMING", payload)
        assert wechat.received("oMING") == [{"touser": "oMING", **payload}]

    def test_files_go_up_and_come_down(self, api: Api, wechat: WeChat) -> None:
        wechat.answers["/cgi-bin/media/upload"] = json_answer(media_id="m1")
        assert api.upload_media("image", "a.jpg", b"\xff\xd8") == "m1"
        assert wechat.transport.requests[-1].body == Upload("media", "a.jpg", b"\xff\xd8")
        wechat.answers["/cgi-bin/media/get"] = ApiResponse(200, "image/jpeg", b"\xff\xd8")
        assert api.download_media("m1") == b"\xff\xd8"

    def test_any_call_takes_a_file_with_texts_beside_it_or_answers_with_one(
        self, api: Api, wechat: WeChat
    ) -> None:
        film = {"title": "开业"}
        api.upload("/cgi-bin/material/add_material", "v.mp4", b"v", fields={"description": film})
        body = wechat.transport.requests[-1].body
        assert body == Upload("media", "v.mp4", b"v", {"description": '{"title": "开业"}'})
        wechat.answers["/cgi-bin/material/get_material"] = ApiResponse(200, "image/png", b"\x89")
        asked = {"media_id": "m1"}
        assert api.download("/cgi-bin/material/get_material", body=asked) == b"\x89"
        with pytest.raises(MessageRefused, match="use download"):
            api.call("POST", "/cgi-bin/material/get_material", body=asked)

    def test_a_file_that_lambda_would_not_carry_is_refused_with_what_to_do(
        self, api: Api, wechat: WeChat
    ) -> None:
        large = bytes(4 * 2**20 + 1)
        with pytest.raises(MessageRefused, match=r"ctx\.api in a slow route"):
            api.upload_media("video", "a.mp4", large)
        wechat.answers["/cgi-bin/media/get"] = ApiResponse(200, "video/mp4", large)
        with pytest.raises(MessageRefused, match=r"ctx\.api in a slow route"):
            api.download_media("m1")

    @pytest.mark.parametrize(
        ("path", "errcode", "kind"),
        [
            ("/cgi-bin/tags/get", 45009, OperatorMustAct),
            (SEND, 48001, SendingNotPermitted),
            ("/cgi-bin/tags/get", 99999, ApiError),
        ],
    )
    def test_an_error_keeps_its_kind_its_errcode_and_its_advice(
        self, api: Api, wechat: WeChat, path: str, errcode: int, kind: type[ApiError]
    ) -> None:
        wechat.answers[path] = json_answer(errcode=errcode, errmsg="no")
        raised = []
        for each in (api, wechat.api):
            with pytest.raises(ApiError) as error:
                _call(each, path)
            raised.append((type(error.value), error.value.errcode, str(error.value)))
        assert raised[0] == raised[1]
        assert raised[0][:2] == (kind, errcode)

    def test_the_access_token_goes_nowhere_but_to_wechat(self, api: Api, wechat: WeChat) -> None:
        for path in ("https://evil.example/", "@evil.example", "/x://y"):
            with pytest.raises(Unavailable, match="does not know this call"):
                api.call("GET", path)
        assert not wechat.transport.requests


def _call(api: Api, path: str) -> None:
    if path == SEND:
        api.send("oMING", parts(Text("早上好"))[0])
    else:
        api.call("GET", path)


class TestWebAuthorization:
    def test_a_code_becomes_a_grant_with_the_secret_that_the_page_does_not_have(
        self, oauth_api: RemoteOAuthApi, caller: FakeFunction, wechat: WeChat
    ) -> None:
        wechat.answers["/sns/oauth2/access_token"] = json_answer(**GRANT, is_snapshotuser=1)
        grant = oauth_api.exchange(CODE)
        assert (grant.openid, grant.access_token) == ("oMING", GRANT["access_token"])
        assert grant.is_snapshotuser
        assert wechat.transport.requests[-1].query["secret"] == "first"
        assert "first" not in json.dumps(caller.asked)

    def test_a_profile_comes_as_the_user_shows_it(
        self, oauth_api: RemoteOAuthApi, wechat: WeChat
    ) -> None:
        wechat.answers["/sns/userinfo"] = json_answer(openid="oMING", privilege=["chinaunicom"])
        shown = oauth_api.userinfo("access-token-of-ming", "oMING")
        assert (shown.openid, shown.privilege) == ("oMING", ("chinaunicom",))

    def test_tokens_are_renewed(self, oauth_api: RemoteOAuthApi, wechat: WeChat) -> None:
        wechat.answers["/sns/oauth2/refresh_token"] = json_answer(**GRANT)
        assert oauth_api.refresh("refresh-token-of-ming").refresh_token == GRANT["refresh_token"]

    @pytest.mark.parametrize(("errcode", "kind"), [(40029, Repeated), (40125, SecretRefused)])
    def test_an_error_keeps_its_kind(
        self, oauth_api: RemoteOAuthApi, wechat: WeChat, errcode: int, kind: type[ApiError]
    ) -> None:
        wechat.answers["/sns/oauth2/access_token"] = json_answer(errcode=errcode, errmsg="no")
        with pytest.raises(kind):
            oauth_api.exchange(CODE)


class TestTheTicket:
    def test_a_page_is_signed_as_the_account_signs_it(self, api: Api, wechat: WeChat) -> None:
        _give_tickets(wechat)
        signed = api.js_sdk_signature("https://example.com/scan?a=1#top")
        assert signed.app_id == "wx1"
        assert len(signed.signature) == 40

    def test_many_pages_at_once_ask_for_one_and_many_processes_cost_wechat_one(
        self, api: Api, caller: FakeFunction, wechat: WeChat
    ) -> None:
        _give_tickets(wechat)
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(api.js_sdk_signature, ["https://example.com/"] * 20))
        assert len(caller.asked) == 1
        Api(RemoteCalls(caller, wechat.clock)).js_sdk_signature("https://example.com/")
        assert len(caller.asked) == 2
        assert len(wechat.requests("/cgi-bin/ticket/getticket")) == 1

    def test_a_page_never_signs_with_one_that_has_ended(self, api: Api, wechat: WeChat) -> None:
        _give_tickets(wechat)
        for _ in range(100):
            api.js_sdk_signature("https://example.com/")
            wechat.clock.sleep(149)
        assert len(wechat.requests("/cgi-bin/ticket/getticket")) == 3


def _give_tickets(wechat: WeChat) -> None:
    wechat.answers["/cgi-bin/ticket/getticket"] = json_answer(ticket="ticket-1", expires_in=7200)


class TestTrouble:
    def test_only_what_reads_may_be_asked_twice(
        self, api: Api, oauth_api: RemoteOAuthApi, caller: FakeFunction, wechat: WeChat
    ) -> None:
        _give_tickets(wechat)
        wechat.answers["/sns/oauth2/access_token"] = json_answer(**GRANT)
        oauth_api.app_id()
        oauth_api.exchange(CODE)
        api.js_sdk_signature("https://example.com/")
        api.call("GET", "/cgi-bin/tags/get")
        api.call("POST", "/cgi-bin/tags/create", body={})
        assert caller.reads == [True, False, True, True, False]

    def test_ssm_out_of_reach_is_trouble_for_the_page(
        self, oauth_api: RemoteOAuthApi, wechat: WeChat
    ) -> None:
        wechat.parameters.available = False
        with pytest.raises(Unavailable, match="have not been read"):
            oauth_api.app_id()

    def test_what_lasts_until_an_operator_acts_is_told_from_what_passes(
        self, oauth_api: RemoteOAuthApi, monkeypatch: pytest.MonkeyPatch, wechat: WeChat
    ) -> None:
        monkeypatch.setattr(wechat.secrets, "app", _raiser(Misconfigured("SSM: AccessDenied")))
        with pytest.raises(Misconfigured, match="SSM: AccessDenied"):
            oauth_api.app_id()

    def test_a_mistake_of_ours_is_logged_where_it_happened_without_the_code(
        self, oauth_api: RemoteOAuthApi, wechat: WeChat
    ) -> None:
        lines = io.StringIO()
        log.configure("test", lines)
        wechat.transport.respond = _raiser(LookupError(CODE))
        with pytest.raises(Unavailable, match="its log says why"):
            oauth_api.exchange(CODE)
        assert "LookupError" in lines.getvalue()
        assert CODE not in lines.getvalue()

    def test_a_call_that_is_not_known_yet_says_so(self, caller: FakeFunction) -> None:
        assert "deploy again" in caller.invoke({"call": "later"})["error"]["text"]


def _raiser(error: Exception) -> Callable[..., Any]:
    def fails(*_: object) -> None:
        raise error

    return fails

"""What the way to WeChat's API and its fake have in common: above all, what a failure means."""

import traceback
import uuid
from collections.abc import Callable, Iterator

import pytest

from chalicelib.adapters.wechat_http import IDLE, HttpTransport
from chalicelib.ports import Transport, Upload
from chalicelib.wechat.api_responses import ApiResponse
from chalicelib.wechat.errors import TryLater, Uncertain
from local import ports
from tests.contract.servers import ANSWERED, TIMEOUTS, Behaviour, Fake, Loopback, Server
from tests.fakes import Request
from tests.patience import eventually


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    made = Loopback()
    yield made
    made.close()


@pytest.fixture(params=["fake", "loopback"])
def server(request: pytest.FixtureRequest) -> Server:
    made: Server = Fake() if request.param == "fake" else request.getfixturevalue("loopback")
    return made


def post(transport: Transport) -> ApiResponse:
    return transport.request("POST", "/send", {}, b'{"a":1}')


class TestWhatTravels:
    def test_status_content_type_and_bytes_come_back(self, server: Server) -> None:
        server.answer = ApiResponse(200, "image/jpeg", bytes(range(256)))
        assert server.transport.request("GET", "/media", {}) == server.answer

    def test_method_path_query_and_json_arrive_as_given(self, server: Server) -> None:
        body = '{"content":"你好😀"}'.encode()
        server.transport.request("POST", "/send", {"access_token": "a&b=c 好"}, body)
        assert server.requests == [Request("POST", "/send", {"access_token": "a&b=c 好"}, body)]

    def test_a_file_arrives_with_its_field_and_name(self, server: Server) -> None:
        upload = Upload("media", "照片.jpg", b"\x00\r\n--\xff")
        server.transport.request("POST", "/upload", {"type": "image"}, upload)
        assert server.requests == [Request("POST", "/upload", {"type": "image"}, upload)]

    def test_texts_travel_beside_a_file(self, server: Server) -> None:
        upload = Upload("media", "a.mp4", b"\x00", {"description": '{"title": "开箱"}', "a": "1"})
        server.transport.request("POST", "/upload", {}, upload)
        assert server.requests == [Request("POST", "/upload", {}, upload)]

    def test_an_error_status_is_an_answer(self, server: Server) -> None:
        server.behaviour = Behaviour.FAILS
        assert post(server.transport) == ApiResponse(500, "text/html", b"busy")

    def test_a_redirection_is_not_followed(self, server: Server) -> None:
        server.behaviour = Behaviour.REDIRECTS
        assert post(server.transport).status == 302
        assert len(server.requests) == 1

    def test_a_whole_url_goes_where_it_says(self, loopback: Loopback) -> None:
        elsewhere = HttpTransport("http://127.0.0.1:1", TIMEOUTS)
        assert elsewhere.request("GET", f"{loopback.url}/video", {}) == ANSWERED


class TestWhatAFailureMeans:
    @pytest.mark.parametrize("behaviour", [Behaviour.DIES, Behaviour.IS_SLOW, Behaviour.BREAKS_OFF])
    def test_a_body_that_was_read_and_not_answered_may_have_been_acted_on(
        self, server: Server, behaviour: Behaviour
    ) -> None:
        server.behaviour = behaviour
        transport = server.hasty if behaviour is Behaviour.IS_SLOW else server.transport
        with pytest.raises(Uncertain):
            post(transport)
        assert eventually(lambda: len(server.requests) == 1)

    def test_a_question_without_a_body_may_be_asked_again(self, server: Server) -> None:
        server.behaviour = Behaviour.DIES
        with pytest.raises(TryLater) as failure:
            server.transport.request("GET", "/menu/get", {})
        assert not isinstance(failure.value, Uncertain)

    @pytest.mark.parametrize(
        "address",
        [
            lambda: f"http://127.0.0.1:{ports.free()}",
            lambda: "http://name.invalid",
        ],
        ids=["refused", "unknown name"],
    )
    def test_without_a_connection_nothing_was_done(self, address: Callable[[], str]) -> None:
        with pytest.raises(TryLater) as failure:
            post(HttpTransport(address(), TIMEOUTS))
        assert not isinstance(failure.value, Uncertain)

    def test_who_cannot_be_reached_is_named_without_a_password(self) -> None:
        port = ports.free()
        with pytest.raises(TryLater) as failure:
            post(HttpTransport(f"http://user:password@127.0.0.1:{port}", TIMEOUTS))
        assert str(failure.value).startswith(f"cannot reach WeChat at http://127.0.0.1:{port} (")

    def test_without_a_tls_handshake_nothing_was_done(self, loopback: Loopback) -> None:
        with pytest.raises(TryLater) as failure:
            post(HttpTransport(loopback.url.replace("http:", "https:"), TIMEOUTS))
        assert not isinstance(failure.value, Uncertain)

    def test_no_trace_of_a_failure_holds_the_access_token(self) -> None:
        transport = HttpTransport(f"http://127.0.0.1:{ports.free()}", TIMEOUTS)
        token = uuid.uuid4().hex
        with pytest.raises(TryLater) as failure:
            transport.request("POST", "/send", {"access_token": token}, b"{}")
        assert token not in "".join(traceback.format_exception(failure.value))


class TestKeptConnections:
    def test_requests_share_a_connection(self, loopback: Loopback) -> None:
        for _ in range(3):
            post(loopback.transport)
        assert loopback.connections == 1

    def test_one_that_the_server_closed_while_idle_is_replaced_and_nothing_goes_twice(
        self, server: Server
    ) -> None:
        server.behaviour = Behaviour.CLOSES
        for sent in range(1, 4):
            assert post(server.transport) == ANSWERED
            server.until_closed(sent)
            assert len(server.requests) == sent

    def test_one_that_dies_under_a_request_is_no_reason_to_send_it_again(
        self, loopback: Loopback
    ) -> None:
        post(loopback.transport)
        loopback.behaviour = Behaviour.DIES
        with pytest.raises(Uncertain):
            post(loopback.transport)
        assert (len(loopback.requests), loopback.connections) == (2, 1)

    def test_one_that_was_idle_for_long_is_not_trusted(self, loopback: Loopback) -> None:
        post(loopback.transport)
        loopback.clock.sleep(IDLE + 1)
        post(loopback.transport)
        assert loopback.connections == 2

    def test_a_proxy_that_happens_to_be_around_is_not_used(
        self, loopback: Loopback, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
        monkeypatch.delenv("NO_PROXY", raising=False)
        assert post(loopback.transport) == ANSWERED

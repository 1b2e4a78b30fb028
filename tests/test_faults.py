"""Each fault of WeChat's side does what its explanation says."""

import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from chalicelib.adapters.wechat_http import HttpTransport
from chalicelib.api.client import Api
from chalicelib.wechat.errors import (
    ApiError,
    NotNow,
    OperatorMustAct,
    SecretRefused,
    TokenRefused,
    TryLater,
    Uncertain,
)
from chalicelib.wechat.replies import Text
from simulator import faults, pushes
from simulator.account import Account
from simulator.delivery import Rules, deliver
from simulator.events import USER
from simulator.faults import FAULTS, BadAmount, Fault, Faults
from simulator.outcome import Failure
from simulator.platform.message_calls import SEND
from tests.backends import Answer, backend, replying
from tests.patience import PATIENCE, wait_until
from tests.simulated import Side, client_of, wechat_side

ACCOUNT = Account.new()
TEXT = {"msgtype": "text", "text": {"content": "hi"}}
HEAD = f"POST {SEND} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\n\r\n".encode()


@pytest.fixture
def side() -> Iterator[Side]:
    with wechat_side(ACCOUNT) as running:
        running.world.arrived(pushes.text("hi"))
        yield running


@pytest.fixture
def api(side: Side) -> Api:
    return client_of(side.address, ACCOUNT)


# --- The API ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "kind", "errcode"),
    [
        (faults.API_UNAUTHORIZED, NotNow, 48001),
        (faults.IP_NOT_WHITELISTED, TokenRefused, 40164),
        (faults.QUOTA_EXHAUSTED, OperatorMustAct, 45009),
        (faults.WINDOW_CLOSED, NotNow, 45015),
        (faults.SYSTEM_BUSY, TryLater, -1),
        (faults.SECRET_ROTATED, SecretRefused, 40125),
    ],
    ids=lambda value: value.name if isinstance(value, Fault) else None,
)
def test_a_refusing_fault_refuses_until_it_is_off(
    side: Side, fault: Fault, kind: type[ApiError], errcode: int
) -> None:
    side.world.faults.turn_on(fault)
    with pytest.raises(kind) as raised:
        client_of(side.address, ACCOUNT).send(USER, TEXT)
    assert raised.value.errcode == errcode
    assert side.world.received == []
    side.world.faults.turn_off(fault)
    client_of(side.address, ACCOUNT).send(USER, TEXT)
    assert len(side.world.received) == 1


def test_the_address_off_the_whitelist_is_named(side: Side, api: Api) -> None:
    side.world.faults.turn_on(faults.IP_NOT_WHITELISTED)
    with pytest.raises(OperatorMustAct, match=r"203\.0\.113\.7"):
        api.user_info(USER)


def test_an_existing_token_is_refused_off_the_whitelist_too(side: Side, api: Api) -> None:
    api.user_info(USER)
    side.world.faults.turn_on(faults.IP_NOT_WHITELISTED)
    with pytest.raises(OperatorMustAct, match="40164"):
        api.send(USER, TEXT)


def test_a_whitelist_lets_only_its_own_addresses_call(side: Side, api: Api) -> None:
    side.world.whitelist = ["127.0.0.2"]
    with pytest.raises(OperatorMustAct, match=r"40164 invalid ip 127\.0\.0\.1"):
        api.user_info(USER)
    side.world.whitelist = ["127.0.0.1"]
    api.user_info(USER)


def test_a_rotated_secret_ends_its_tokens(side: Side, api: Api) -> None:
    api.user_info(USER)
    side.world.faults.turn_on(faults.SECRET_ROTATED)
    with pytest.raises(SecretRefused):
        api.user_info(USER)


def test_an_expired_token_is_replaced_without_an_error(side: Side, api: Api) -> None:
    side.world.faults.turn_on(faults.TOKEN_EXPIRED)
    for _ in range(3):
        api.send(USER, TEXT)
    assert len(side.world.received) == 3
    assert [call.errcode for call in side.world.calls].count(42001) == 2


def test_latency_delays_every_call(side: Side, api: Api) -> None:
    side.world.faults.turn_on(faults.API_LATENCY, 0.2)
    started = time.monotonic()
    api.send(USER, TEXT)
    assert time.monotonic() - started >= 0.4
    assert all(call.milliseconds >= 200 for call in side.world.calls)


@pytest.mark.parametrize(
    ("fault", "taken"), [(faults.API_CUT_BEFORE, 0), (faults.API_CUT_AFTER, 1)]
)
def test_a_cut_connection_leaves_the_sender_in_doubt(
    side: Side, api: Api, fault: Fault, taken: int
) -> None:
    api.user_info(USER)
    side.world.faults.turn_on(fault)
    with pytest.raises(Uncertain):
        api.send(USER, TEXT)
    assert len(side.world.received) == taken
    assert side.world.calls[-1].errcode is None
    api.user_info(USER)  # which is not cut
    side.world.faults.turn_off(fault)
    api.send(USER, TEXT)


def test_a_client_that_times_out_is_in_doubt_too(side: Side) -> None:
    side.world.faults.turn_on(faults.API_LATENCY, 3)
    with pytest.raises(Uncertain):
        HttpTransport(side.address, timeouts=(PATIENCE, 1)).request("POST", SEND, {}, b"{}")
    wait_until(lambda: not side.world.in_flight)


def test_a_call_is_done_even_if_its_client_hangs_up(
    side: Side, caplog: pytest.LogCaptureFixture
) -> None:
    side.world.faults.turn_on(faults.API_LATENCY, 1)
    side.world.faults.turn_on(faults.API_CUT_AFTER)
    with connected(side) as client:
        client.sendall(HEAD + b"{}")
        wait_until(lambda: side.world.in_flight == [SEND])
    wait_until(lambda: side.world.calls)
    assert httpx.get(f"{side.address}/faults", timeout=PATIENCE).status_code == 200
    assert side.world.in_flight == []
    assert caplog.text == ""


def test_an_incomplete_request_calls_nothing(side: Side, caplog: pytest.LogCaptureFixture) -> None:
    with connected(side) as client:
        client.sendall(HEAD)
        client.shutdown(socket.SHUT_WR)
        assert client.recv(1) == b""
    assert httpx.get(f"{side.address}/faults", timeout=PATIENCE).status_code == 200
    assert (side.world.calls, side.world.in_flight) == ([], [])
    assert caplog.text == ""


def connected(side: Side) -> socket.socket:
    url = urlsplit(side.address)
    return socket.create_connection((url.hostname, url.port or 80))


# --- Deliveries -------------------------------------------------------------------------------


def rules(fault: Fault, amount: float | None = None, limit: float = 1) -> Rules:
    """WeChat's rules under one fault, with a shorter limit."""
    on = Faults()
    on.turn_on(fault, amount)
    under = Rules.under(on)
    return Rules(limit, 0, under.deliveries, under.travel, under.lost)


def test_after_a_lost_response_the_push_is_delivered_again() -> None:
    with backend(replying(ACCOUNT, Text("hi"))) as server:
        one_lost = rules(faults.RESPONSES_LOST, limit=3)
        outcome = deliver(ACCOUNT, pushes.text("hi"), server.url, one_lost)
    assert [each.failure for each in outcome.exchanges] == [Failure.TOO_LATE, None]
    assert outcome.reply == Text("hi")
    assert len(server.requests) == 2


def test_when_all_responses_are_lost_the_user_reads_the_fault_text() -> None:
    with backend(replying(ACCOUNT, Text("hi"))) as server:
        outcome = deliver(ACCOUNT, pushes.text("hi"), server.url, rules(faults.RESPONSES_LOST, 3))
    assert outcome.fault
    assert len(server.requests) == 3


def test_a_slow_network_delays_both_ways() -> None:
    with backend(replying(ACCOUNT, Text("hi"))) as server:
        slow = rules(faults.NETWORK_LATENCY, 0.2, limit=PATIENCE)
        (exchange,) = deliver(ACCOUNT, pushes.text("hi"), server.url, slow).exchanges
    assert exchange.milliseconds >= 400


def test_a_very_slow_network_makes_every_answer_late() -> None:
    with backend(replying(ACCOUNT, Text("hi"))) as server:
        slow = rules(faults.NETWORK_LATENCY, 0.8, limit=1.5)
        outcome = deliver(ACCOUNT, pushes.text("hi"), server.url, slow)
    assert outcome.fault
    assert len(server.requests) == 3


def test_a_push_may_be_delivered_four_times() -> None:
    with backend(Answer(status=500)) as server:
        patient = rules(faults.FOURTH_DELIVERY, limit=PATIENCE)
        deliver(ACCOUNT, pushes.text("hi"), server.url, patient)
    assert len(server.requests) == 4


# --- Switches ---------------------------------------------------------------------------------


def test_all_faults_are_off_until_they_are_turned_on() -> None:
    on = Faults()
    assert not any(map(on.is_on, FAULTS))
    assert Rules.under(on) == Rules()


@pytest.mark.parametrize(
    ("fault", "amount"),
    [
        (faults.API_LATENCY, -1),
        (faults.API_LATENCY, 61),
        (faults.API_LATENCY, float("nan")),
        (faults.RESPONSES_LOST, 0),
        (faults.SYSTEM_BUSY, 1),
    ],
)
def test_an_amount_out_of_range_is_refused(fault: Fault, amount: float) -> None:
    on = Faults()
    with pytest.raises(BadAmount):
        on.turn_on(fault, amount)
    assert not on.is_on(fault)


def test_every_fault_can_be_switched_over_http(side: Side) -> None:
    with side.client() as client:
        assert [each["name"] for each in client.get("/faults").json()] == [
            fault.name for fault in FAULTS
        ]
        for fault in FAULTS:
            shown = client.post("/faults", json={"name": fault.name, "on": True}).json()
            assert [each["name"] for each in shown if each["on"]] == [fault.name]
            assert side.world.faults.is_on(fault)
            client.post("/faults", json={"name": fault.name, "on": False})
            assert not side.world.faults.is_on(fault)


@pytest.mark.parametrize(
    "wish",
    [
        [],
        {},
        {"name": "invented", "on": True},
        {"name": "api-latency", "on": True, "amount": "much"},
        {"name": "api-latency", "on": True, "amount": True},
        {"name": "api-latency", "on": True, "amount": 1000},
    ],
)
def test_an_unknown_fault_is_refused(side: Side, wish: object) -> None:
    assert httpx.post(f"{side.address}/faults", json=wish, timeout=PATIENCE).status_code == 400
    assert not any(map(side.world.faults.is_on, FAULTS))

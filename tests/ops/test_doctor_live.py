"""`doctor --live` sends requests like WeChat's to a stage, and says what WeChat would see."""

from dataclasses import replace

import pytest

from chalicelib.wechat.envelopes import Mode
from chalicelib.wechat.errors import PushError
from ops import examine_live
from ops.findings import Finding, Patient, State
from simulator.account import Account
from tests.backends import Answer, Backend, Request, Respond, backend, opened
from tests.ops.operator import Operator

PUSHES = ("live push", "live redelivery")
REFUSED = ("live forgery", "live replay", "live plaintext")


@pytest.fixture
def ready(operator: Operator, account: Account) -> Operator:
    operator.keeps_secrets_of(account)
    return operator


def as_it_should(account: Account) -> Respond:
    """Answers as the door does."""

    def respond(request: Request) -> Answer:
        if echostr := request.query.get("echostr"):
            return Answer(echostr)
        try:
            opened(account, request)
        except PushError as error:
            return Answer(error.text, error.status)
        raise AssertionError("a handler would run")

    return respond


def findings(operator: Operator, door: Backend) -> dict[str, Finding]:
    patient = Patient(operator.target, door.url.removesuffix("/wechat"))
    return {each.check: each for each in examine_live.requests(patient)}


def test_a_stage_that_is_well_answers_wechat_and_nobody_else(
    ready: Operator, account: Account
) -> None:
    with backend(as_it_should(account)) as door:
        found = findings(ready, door)
    assert {each.state for each in found.values()} == {State.OK}
    assert found.keys() == {"live echostr", *PUSHES, *REFUSED}
    assert all("doctor" in each.query for each in door.requests)
    first, again = door.requests[1:3]
    assert (first.query, first.body) == (again.query, again.body)


def test_in_plaintext_mode_only_the_query_is_signed(ready: Operator, account: Account) -> None:
    ready.configure(WECHAT_MODE="plaintext")
    plain = replace(account, mode=Mode.PLAINTEXT)
    with backend(as_it_should(plain)) as door:
        found = findings(ready, door)
    assert {each.state for each in found.values()} == {State.OK}
    assert "live plaintext" not in found


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Answer("forbidden", 403), "HTTP 403"),
        (Answer("{}", 502), "HTTP 502"),
        (Answer("<html>"), "not what WeChat accepts"),
        (Answer(status=0), "no answer (RemoteProtocolError)"),
    ],
)
def test_what_wechat_would_not_accept_is_told(ready: Operator, answer: Answer, told: str) -> None:
    with backend(answer) as door:
        found = findings(ready, door)
    for check in ("live echostr", *PUSHES):
        assert found[check].state is State.FAIL
        assert told in found[check].found
        assert f"/aws/lambda/wechalice-{ready.stage}" in found[check].do


def test_where_the_gateway_refuses_a_good_push_nothing_counts_as_refused_by_the_door(
    ready: Operator,
) -> None:
    with backend(Answer('{"message":"Forbidden"}', 403)) as gateway:
        found = findings(ready, gateway)
    assert found.keys() == {"live echostr", *PUSHES, "live refusals"}
    assert {each.state for each in found.values()} == {State.FAIL}
    assert "The gateway answers instead of the door" in found["live push"].do


def test_a_door_that_lets_anybody_in_fails(ready: Operator) -> None:
    with backend(Answer("success")) as door:
        found = findings(ready, door)
    assert {found[check].state for check in REFUSED} == {State.FAIL}


@pytest.mark.parametrize(("waits", "state"), [(0.01, State.FAIL), (5, State.WARN)])
def test_what_is_too_slow_for_wechat_is_told(
    ready: Operator, monkeypatch: pytest.MonkeyPatch, waits: float, state: State
) -> None:
    monkeypatch.setattr(examine_live, "WECHAT_WAITS", waits)
    monkeypatch.setattr(examine_live, "SLOW", 0.01)
    with backend(Answer(delay=0.02)) as door:
        assert findings(ready, door)["live push"].state is state


def test_without_its_secrets_nothing_is_sent(operator: Operator) -> None:
    with backend(Answer()) as door:
        (found,) = findings(operator, door).values()
    assert found.state is State.FAIL
    assert door.requests == []


def test_a_stage_without_a_url_is_refused(operator: Operator) -> None:
    result = operator.types("doctor", "--live")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert f"{operator.stage} has no URL" in result.stderr
    assert f"python -m ops deploy --stage {operator.stage}" in result.stderr

"""A function that another one asks: what goes over the wire, and what its failures are here."""

import json
from contextlib import nullcontext
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.httpsession import URLLib3Session

from chalicelib.adapters.lambda_function import LambdaFunction
from chalicelib.bootstrap import API_SECONDS, SIGN_IN_SECONDS
from chalicelib.ports import Misconfigured, Unavailable
from tests.backends import Answer, backend
from tests.patience import PATIENCE

NAME = "wechalice-test-wechat_caller"


@pytest.fixture(autouse=True)
def _an_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


def asked(monkeypatch: pytest.MonkeyPatch, answer: Answer, seconds: float = PATIENCE) -> object:
    """What the function answers over a Lambda that answers so."""
    with backend(answer) as aws:
        monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url.removesuffix("/wechat"))
        answered = LambdaFunction(NAME, seconds).invoke({"call": "app_id", "half": "\ud83d"})
        assert json.loads(aws.requests[0].body) == {"call": "app_id", "half": "\ud83d"}
    return answered


def test_it_is_asked_and_answers_in_json(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked(monkeypatch, Answer('{"answer": "wx1"}')) == {"answer": "wx1"}


def test_one_that_raised_or_was_out_of_time_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    raised = Answer('{"errorMessage": "code-1"}', headers={"X-Amz-Function-Error": "Unhandled"})
    with pytest.raises(Unavailable, match=f"Lambda: {NAME} ended without an answer$"):
        asked(monkeypatch, raised)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(status=0), "Lambda: ConnectionClosedError"),
        (Answer("{}", 429, headers={"X-Amzn-ErrorType": "TooManyRequestsException"}), "TooMany"),
    ],
)
def test_one_that_does_not_answer_is_unavailable(
    monkeypatch: pytest.MonkeyPatch, answer: Answer, said: str
) -> None:
    with pytest.raises(Unavailable, match=said) as error:
        asked(monkeypatch, answer)
    assert not isinstance(error.value, Misconfigured)


def test_one_that_hangs_is_waited_for_no_longer_than_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Unavailable, match="Lambda: ReadTimeoutError"):
        asked(monkeypatch, Answer(delay=0.2), seconds=0.05)


@pytest.mark.parametrize(("reads", "requests"), [(True, 3), (False, 2)])
def test_only_what_reads_is_asked_again_when_the_kept_connection_died(
    monkeypatch: pytest.MonkeyPatch, reads: bool, requests: int
) -> None:
    fine = Answer('{"answer": "wx1"}')
    with backend(fine, Answer(status=0), fine) as aws:
        monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url.removesuffix("/wechat"))
        function = LambdaFunction(NAME, PATIENCE)
        function.invoke({"call": "app_id"})
        with nullcontext() if reads else pytest.raises(Unavailable):
            function.invoke({"call": "app_id"}, reads=reads)
        assert len(aws.requests) == requests


@pytest.mark.parametrize(("seconds", "requests"), [(SIGN_IN_SECONDS, 3), (API_SECONDS, 2)])
def test_what_took_long_is_asked_again_only_if_the_gateway_waits_for_both(
    monkeypatch: pytest.MonkeyPatch, seconds: float, requests: int
) -> None:
    send, sent = URLLib3Session.send, list[object]()

    def hangs_from_the_second_on(session: URLLib3Session, request: Any) -> Any:
        sent.append(request)
        if len(sent) > 1:
            raise ReadTimeoutError(endpoint_url=request.url)
        return send(session, request)

    monkeypatch.setattr(URLLib3Session, "send", hangs_from_the_second_on)
    with backend(Answer('{"answer": "wx1"}')) as aws:
        monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url.removesuffix("/wechat"))
        function = LambdaFunction(NAME, seconds)
        function.invoke({"call": "app_id"})
        with pytest.raises(Unavailable, match="ReadTimeoutError"):
            function.invoke({"call": "app_id"}, reads=True)
    assert len(sent) == requests


@pytest.mark.parametrize("code", ["ResourceNotFoundException", "AccessDeniedException"])
def test_one_that_an_operator_must_bring_back_is_misconfigured(
    monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    with pytest.raises(Misconfigured, match=f"Lambda: {code}"):
        asked(monkeypatch, Answer("{}", 403, headers={"X-Amzn-ErrorType": code}))

"""Which processes call WeChat themselves, and which ask the function at the fixed exit."""

import json
from functools import cache

import pytest

from chalicelib import bootstrap
from chalicelib.ports import Unavailable
from tests.backends import Answer, backend

build_caller = bootstrap.wechat_caller.__wrapped__
build_api = bootstrap.api.__wrapped__


@pytest.fixture(autouse=True)
def _an_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setattr(bootstrap, "wechat_caller", cache(build_caller))


def asked(monkeypatch: pytest.MonkeyPatch, handler: str) -> set[str]:
    """What a process of that function asks AWS for when it calls WeChat's API."""
    monkeypatch.setenv("_HANDLER", handler)
    with backend(Answer("no such AWS", 400)) as aws:
        monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url.removesuffix("/wechat"))
        with pytest.raises(Unavailable):
            build_api().call("GET", "/cgi-bin/tags/get")
    return {name for request in aws.requests for name in json.loads(request.body)}


@pytest.mark.parametrize("handler", ["app.app", "app.morning"])
def test_pages_and_schedules_ask_it_and_for_no_secret(
    monkeypatch: pytest.MonkeyPatch, handler: str
) -> None:
    assert asked(monkeypatch, handler) >= {"call", "method", "path"}
    assert "Names" not in asked(monkeypatch, handler)


def test_what_is_at_the_exit_reads_the_secret_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.credentials.refreshed.TRIES_AT_START", 1)
    assert asked(monkeypatch, "app.worker") == {"Names", "WithDecryption"}

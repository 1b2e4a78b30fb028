"""Against `make run`, commands need nothing but the variables that lead to its AWS."""

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from simulator.account import Account
from simulator.addresses import FILE, Addresses
from tests.backends import Answer, Backend, backend
from tests.ops.operator import Operator
from tests.simulated import Side, wechat_side

SITE = "http://127.0.0.1:8100"


def port(url: str) -> int:
    return urlsplit(url).port or 0


def serve(operator: Operator, wechat: str, aws: str) -> None:
    """Leaves what `make run` tells of itself in the operator's folder."""
    file = operator.project / FILE
    file.parent.mkdir()
    Addresses(f"{SITE}/wechat", port(wechat), port(aws)).save(file)


@pytest.fixture
def side(operator: Operator) -> Iterator[Side]:
    account = Account.new()
    operator.keeps_secrets_of(account)
    with wechat_side(account) as side:
        yield side


def test_wechats_address_is_the_one_of_make_run(operator: Operator, side: Side) -> None:
    serve(operator, side.address, os.environ["AWS_ENDPOINT_URL"])
    result = operator.types("menu", "show")
    assert result.exit_code == 0, result.output
    assert "no menu" in result.stderr


def test_the_site_is_the_one_of_make_run(operator: Operator, side: Side) -> None:
    serve(operator, side.address, os.environ["AWS_ENDPOINT_URL"])
    operator.types("secrets", "generate", "ticket-key", "--yes")
    result = operator.types("bind-link", "42", "--label", "a***")
    assert result.stdout.startswith(f"{SITE}/oauth/bind?")


def test_its_log_is_in_files(operator: Operator, side: Side) -> None:
    serve(operator, side.address, os.environ["AWS_ENDPOINT_URL"])
    result = operator.types("logs", "3f9a1c")
    assert result.exit_code == 1
    assert "grep -h 3f9a1c .local/*.log" in result.stderr


def test_a_run_that_has_another_aws_says_nothing_about_the_stage(
    operator: Operator, side: Side
) -> None:
    serve(operator, "http://127.0.0.1:1", "http://127.0.0.1:1")
    operator.configure(WECHAT_API_URL=side.address)
    assert operator.types("menu", "show").exit_code == 0


@pytest.fixture
def part_of_aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Backend]:
    """An AWS that plays none of the services that it is asked for, and says so as MiniStack."""
    with backend(lambda _: Answer('{"error": "Unsupported service: any"}', 400)) as aws:
        monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url)
        yield aws


@pytest.mark.parametrize("words", [["doctor"], ["deploy"], ["down"], ["user", "show", "oMING"]])
def test_what_an_aws_of_ones_own_does_not_play_is_a_sentence(
    operator: Operator, part_of_aws: Backend, words: list[str]
) -> None:
    result = operator.types(*words)
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert f"The AWS at {part_of_aws.url} does not play" in result.stderr
    assert "make rehearse" in result.stderr

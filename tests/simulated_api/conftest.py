"""WeChat's side, running for one test."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from simulator.platform.allowances import AllowanceRule
from tests.fakes import Clock
from tests.simulated import client_of, wechat_side
from tests.simulated_api.setting import ACCOUNT, Setting


@pytest.fixture(params=AllowanceRule, ids=lambda rule: rule.value)
def rule(request: pytest.FixtureRequest) -> AllowanceRule:
    found: AllowanceRule = request.param
    return found


@pytest.fixture
def played() -> Iterator[Setting]:
    """WeChat's side, where the rule of allowances does not matter."""
    with _side() as setting:
        yield setting


@pytest.fixture(scope="session")
def untouched() -> Iterator[Setting]:
    """The same for all tests whose calls are refused, and so change nothing."""
    with _side() as setting:
        yield setting


@pytest.fixture
def wechat(rule: AllowanceRule) -> Iterator[Setting]:
    with _side(rule) as setting:
        yield setting


@contextmanager
def _side(rule: AllowanceRule = AllowanceRule.SET_BACK) -> Iterator[Setting]:
    clock = Clock(1_700_000_000)
    with wechat_side(ACCOUNT, clock=clock, rule=rule) as side:
        yield Setting(side, clock, client_of(side.address, ACCOUNT))

"""WeChat's side, running for one test."""

from collections.abc import Iterator

import pytest

from tests.fakes import Clock
from tests.simulated import client_of, wechat_side
from tests.simulated_api.setting import ACCOUNT, Setting


@pytest.fixture
def wechat() -> Iterator[Setting]:
    clock = Clock(1_700_000_000)
    with wechat_side(ACCOUNT, clock=clock) as side:
        yield Setting(side, clock, client_of(side.address, ACCOUNT))

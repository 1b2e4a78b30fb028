"""Fixtures of the simulator's tests: WeChat's side with a visitor, and an account for commands."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from local import ports
from tests.fakes import Clock
from tests.simulated import wechat_side
from tests.simulator.commands import ACCOUNT
from tests.simulator.visits import BACKEND, Setting


@pytest.fixture
def wechat() -> Iterator[Setting]:
    clock = Clock(1_700_000_000)
    with (
        wechat_side(ACCOUNT, f"{BACKEND}/wechat", clock) as side,
        httpx.Client(base_url=side.address, trust_env=False, timeout=60) as browser,
    ):
        yield Setting(side, clock, browser)


@pytest.fixture
def console(tmp_path: Path) -> Path:
    path = tmp_path / "console.json"
    ACCOUNT.save(path)
    return path


@pytest.fixture(autouse=True)
def language(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands speak Chinese."""
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")


@pytest.fixture
def no_phone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands do not reach a phone that happens to run on this machine."""
    monkeypatch.setenv("PHONE_PORT", str(ports.free()))

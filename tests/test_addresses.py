"""Commands find the addresses of `make run`, whatever its ports are. Options override them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from chalicelib.wechat.replies import Text
from local import ports
from simulator.account import Account
from simulator.addresses import FILE, Addresses
from simulator.command import main
from tests.backends import Backend, backend, replying
from tests.simulated import wechat_side

ACCOUNT = Account.new()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which `make run` ran."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PHONE_PORT", raising=False)
    FILE.parent.mkdir()
    ACCOUNT.save(FILE.with_name("console.json"))
    return tmp_path


@pytest.fixture
def server() -> Iterator[Backend]:
    with backend(replying(ACCOUNT, Text("你也好"))) as running:
        yield running


def test_without_options_commands_use_the_addresses_of_make_run(server: Backend) -> None:
    with wechat_side(ACCOUNT) as side:
        Addresses(server.url, int(side.address.rpartition(":")[2])).save(FILE)
        assert CliRunner().invoke(main, ["say", "hi"]).stdout == "你也好\n"
        assert CliRunner().invoke(main, ["faults"]).exit_code == 0
        assert len(server.requests) == 1


def test_options_override_the_addresses_of_make_run(server: Backend) -> None:
    Addresses("http://127.0.0.1:1/wechat", ports.free()).save(FILE)
    options = ["--url", server.url, "--phone-port", str(ports.free())]
    assert CliRunner().invoke(main, ["say", "hi", *options]).stdout == "你也好\n"


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"port": 1}', "[" * 100_000])
def test_without_a_run_they_use_the_default_addresses(content: str | None) -> None:
    if content is not None:
        FILE.write_text(content)
    assert Addresses.load() == Addresses("http://127.0.0.1:8000/wechat", 8080)

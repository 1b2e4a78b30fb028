"""The simulator's commands, run against a backend of the test."""

import sys
from pathlib import Path

from click.testing import CliRunner, Result

from simulator.account import Account
from simulator.command import main
from tests.backends import Backend

ACCOUNT = Account.new()
PROGRAM = [sys.executable, "-m", "simulator"]


def run(console: Path, server: Backend, *arguments: str) -> Result:
    options = ["--console", str(console), "--url", server.url]
    return CliRunner().invoke(main, [*arguments, *options])

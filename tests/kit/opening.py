"""Opens accounts: the doors of an app, and behind them a world in memory."""

import io
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from chalice.app import Chalice

from chalicelib import bootstrap, config, log
from chalicelib.config import LateAnswers
from chalicelib.router import Routes
from ops.log_lines import readable
from simulator.account import Account as Console
from tests.door import Door
from tests.kit.account import Account


class ShownLog(io.StringIO):
    """The log of an account, kept and printed, because pytest shows what a failed test printed."""

    def __init__(self, kept: io.StringIO) -> None:
        super().__init__()
        self._kept = kept

    def write(self, line: str) -> int:
        print(readable(line.rstrip("\n")), file=sys.stdout)
        return self._kept.write(line)


@dataclass(frozen=True)
class OpenAccount:
    """Opens accounts, each in place of the one before, as long as a test lasts."""

    monkeypatch: pytest.MonkeyPatch

    def __call__(
        self,
        routes: Routes | None = None,
        app: Chalice | None = None,
        late_answers: LateAnswers = LateAnswers.CUSTOMER_SERVICE,
        return_urls: Sequence[str] = (),
    ) -> Account:
        """One with these handlers and this app, or else the team's."""
        door = Door(
            Console.new(),
            _team_routes() if routes is None else routes,
            late_answers,
            _team_app() if app is None else app,
            return_urls,
        )
        log.configure("test", ShownLog(door.log_stream), quotes_errors=True)
        site, settings = door.site(), config.read({})
        self.monkeypatch.setattr(bootstrap, "pushes", lambda: door.pushes)
        self.monkeypatch.setattr(bootstrap, "site", lambda: site)
        self.monkeypatch.setattr(bootstrap, "_settings", lambda: settings)
        self.monkeypatch.setattr(bootstrap, "_queue", lambda _: door.queue)
        self.monkeypatch.setattr(bootstrap, "_tables", lambda _: (door.table, door.profiles))
        self.monkeypatch.setattr(bootstrap, "_own_secrets", lambda: door.own_secrets)
        self.monkeypatch.setattr(bootstrap, "_starting", lambda: door.starting)
        self.monkeypatch.setattr(bootstrap, "api", lambda: door.page_api)
        return Account(door)


# Imported when they are tested, because the framework's own tests do without the team's files.


def _team_routes() -> Routes:
    from chalicelib.handlers import routes  # noqa: PLC0415

    return routes


def _team_app() -> Chalice:
    from app import app  # noqa: PLC0415

    return app

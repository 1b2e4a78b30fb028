"""The backend as it is deployed, with real adapters and a MiniStack of its own on loopback."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

from chalicelib import bootstrap, log
from chalicelib.router import Routes
from local import account, environment, ministack, ports, stack
from simulator.account import Account

_RESOURCES = Path(__file__).parent.parent / "ops" / "resources.yaml"

_build_pushes = bootstrap.pushes.__wrapped__
_build_worker = bootstrap.worker.__wrapped__


@dataclass(frozen=True, slots=True)
class Deployment:
    """A stage and its account; the file `console` has the secrets that 微信开发者平台 has.

    The backend expects WeChat's API at `wechat_port`.
    """

    account: Account
    directory: Path
    wechat_port: int

    @property
    def console(self) -> Path:
        return self.directory / "console.json"

    @property
    def log(self) -> Path:
        """The file of the backend's log; it is as cheap to write as the pipe on Lambda."""
        return self.directory / "backend.log"


@contextmanager
def deployed(routes: Routes) -> Iterator[Deployment]:
    """A stage with these `routes`, for `app.py` in this process, within the `with` block."""
    with stage() as deployment, deployment.log.open("w", encoding="utf-8") as lines:
        _bootstrap(routes)
        log.configure(environment.STAGE, lines)
        yield deployment


@contextmanager
def stage() -> Iterator[Deployment]:
    """A stage in a MiniStack that this process uses within the `with` block.

    Its tables, queue and secrets are those of `ops/resources.yaml` and `make run`.
    """
    wechat_port = ports.free()
    with (
        TemporaryDirectory() as name,
        ministack.running(ports.free(), Path(name) / "aws") as endpoint,
        mock.patch.dict(os.environ, _environment(endpoint, wechat_port), clear=True),
    ):
        console = Path(name) / "console.json"
        stack.deploy(_RESOURCES)
        account.share(console)
        yield Deployment(Account.load(console), Path(name), wechat_port)


def _environment(endpoint: str, wechat_port: int) -> dict[str, str]:
    isolated = environment.isolated(os.environ, endpoint)
    wechat = f"http://{environment.HOST}:{wechat_port}"
    return {**isolated, "STAGE": environment.STAGE, "WECHAT_API_URL": wechat}


def _bootstrap(routes: Routes) -> None:
    for name in ("_queue", "_sqs_client"):  # they know the endpoint of an earlier stage
        vars(bootstrap)[name].cache_clear()
    vars(bootstrap).update(routes=routes, pushes=cache(_build_pushes), worker=cache(_build_worker))
    bootstrap.pushes()
    bootstrap.worker()

"""`make run`: starts everything in order, each part when it is needed, and ends it in reverse."""

import os
import sys
from contextlib import closing
from functools import partial
from pathlib import Path
from threading import Event
from typing import NamedTuple

import click
from rich.console import Console

from simulator import addresses, controls
from simulator.allowance_option import allowance_rule
from simulator.language import Language

from . import account, leases, lock, log_file, ministack, ports, reload, stack
from .environment import HOST, isolated
from .processes import Child, Failed, Stopped, asked_to_stop, wait_until

PROJECT = Path(__file__).resolve().parent.parent
STATE = PROJECT / ".local"
ACCOUNT = STATE / "console.json"

_port = click.IntRange(1, 65535)


class Ports(NamedTuple):
    """The port of each part, on loopback."""

    app: int
    phone: int
    aws: int


@click.command()
@click.option("--app-port", type=_port, default=8000, envvar="APP_PORT", show_default=True)
@click.option("--phone-port", type=_port, default=8080, envvar="PHONE_PORT", show_default=True)
@click.option("--aws-port", type=_port, default=4566, envvar="AWS_PORT", show_default=True)
@allowance_rule
def main(app_port: int, phone_port: int, aws_port: int, allowances: str) -> None:
    """Runs AWS, the backend and WeChat's side on this machine until Ctrl-C."""
    stop = asked_to_stop()
    os.umask(0o077)  # nobody else may read what is in .local
    os.chdir(PROJECT)
    STATE.mkdir(exist_ok=True)
    try:
        with lock.held(STATE / "lock"):
            _run(Ports(app_port, phone_port, aws_port), allowances, stop)
    except Stopped:
        pass
    except Failed as error:
        errors = Console(stderr=True, soft_wrap=True)
        errors.print(f"make run: {error}", style="red", markup=False, highlight=False)
        sys.exit(1)


def _run(at: Ports, allowances: str, stop: Event) -> None:
    says = Language.of().says
    ports.refuse_taken(at.app, says("后端"), "APP_PORT")
    ports.refuse_taken(at.phone, says("手机"), "PHONE_PORT")
    ports.refuse_taken(at.aws, "AWS (MiniStack)", "AWS_PORT")
    _stay_on_this_machine(at)
    addresses.Addresses(_url(at), at.phone, at.aws).save(PROJECT / addresses.FILE)
    controls.FILE.unlink(missing_ok=True)
    with ministack.child(at.aws, STATE / "aws") as aws, leases.ended_at_last():
        saves = reload.saves(PROJECT, stop)
        with _app(at) as app:
            wait_until(lambda: ministack.ready(at.aws), aws, stop)
            stack.deploy(PROJECT / "ops" / "resources.yaml")
            account.share(ACCOUNT)
            with _phone(at, allowances) as phone, closing(_worker()) as worker:
                wait_until(lambda: ports.answers(at.phone), phone, stop)
                wait_until(lambda: ports.answers(at.app) or app.exited(), app, stop)
                if not app.exited():
                    worker.restart()
                console = Console(highlight=False)
                _welcome(at, console)
                answers = partial(ports.answers, at.app)
                reload.keep_current(app, worker, answers, saves, [aws, phone], console)


def _stay_on_this_machine(at: Ports) -> None:
    """Lets processes started from now on find AWS, WeChat and the public site on this machine."""
    environment = isolated(os.environ, ministack.endpoint(at.aws))
    wechat = f"http://{HOST}:{at.phone}"
    os.environ.clear()
    os.environ.update(environment, WECHAT_API_URL=wechat, WECHAT_OPEN_URL=wechat)
    os.environ["PUBLIC_URL"] = _site(at)


def _app(at: Ports) -> Child:
    command = [sys.executable, "-m", "local.backend", str(at.app)]
    shown = log_file.kept(STATE / "backend.log")
    return Child(Language.of().says("后端进程"), command, _reloading(), shown=shown)


def _worker() -> Child:
    command = [sys.executable, "-m", "local.worker"]
    shown = log_file.kept(STATE / "worker.log")
    return Child(Language.of().says("worker 进程"), command, _reloading(), shown=shown)


def _reloading() -> dict[str, str]:
    # Python takes bytecode for current if its file has kept its size and second of change, so two
    # saves in one second would count as the first.
    return {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1"}


def _phone(at: Ports, allowances: str) -> Child:
    command = [sys.executable, "-m", "simulator", "serve", "--console", str(ACCOUNT)]
    options = ["--url", _url(at), "--port", str(at.phone), "--run", str(STATE)]
    options += ["--allowances", allowances]
    return Child(
        Language.of().says("手机进程"), [*command, *options], os.environ, log=STATE / "phone.log"
    )


def _url(at: Ports) -> str:
    return f"{_site(at)}/wechat"


def _site(at: Ports) -> str:
    return f"http://{HOST}:{at.app}"


def _welcome(at: Ports, console: Console) -> None:
    says = Language.of().says
    phone, aws = f"http://{HOST}:{at.phone}", ministack.endpoint(at.aws)
    console.print(
        "\n"
        f"  [bold green]{phone}[/]  {says('手机：在这里给公众号发消息')}\n"
        f"  {_url(at)}  {says('后端：微信把推送发到这里')}\n"
        f"  {aws}  {says('AWS：密钥在 SSM 的 {path} 下', path=account.PARAMETER_PATH)}\n"
        "\n"
        f"  {says('公众号说什么，写在 chalicelib/handlers/ 里，保存后一秒生效。')}\n"
        f"  {says('按 Ctrl-C 全部结束。账号、密钥和数据表留在 .local/ 里。')}\n"
    )


if __name__ == "__main__":
    main()

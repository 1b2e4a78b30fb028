"""`make rehearse`: an AWS to deploy to and WeChat's side, until Ctrl-C."""

import os
import sys
from pathlib import Path
from threading import Event

import click
from rich.console import Console

from local import lock, ministack, ports
from local.cloud import aws, domain
from local.processes import Child, Failed, Stopped, asked_to_stop, wait_until
from simulator.language import Language

from . import folder, welcome

PROJECT = Path(__file__).resolve().parents[2]
FOLDER = PROJECT / ".local" / "rehearsal"
PROGRAM = "make rehearse"

_LOOK = 1
"""Seconds between two looks for a deployment."""

_port = click.IntRange(1, 65535)


@click.command()
@click.option("--phone-port", type=_port, default=8080, envvar="PHONE_PORT", show_default=True)
@click.option("--aws-port", type=_port, default=4566, envvar="AWS_PORT", show_default=True)
def main(phone_port: int, aws_port: int) -> None:
    """Runs an empty AWS and WeChat's side on this machine, and says how to deploy there.

    Each rehearsal starts from nothing.
    """
    stop = asked_to_stop()
    os.umask(0o077)  # nobody else may read the folder
    FOLDER.parent.mkdir(exist_ok=True)
    try:
        with lock.held(FOLDER.with_suffix(".lock"), PROGRAM):
            _run(phone_port, aws_port, stop)
    except Stopped:
        pass
    except Failed as error:
        errors = Console(stderr=True, soft_wrap=True)
        errors.print(f"{PROGRAM}: {error}", style="red", markup=False, highlight=False)
        sys.exit(1)


def _run(phone_port: int, aws_port: int, stop: Event) -> None:
    ports.refuse_taken(phone_port, Language.of().says("手机"), "PHONE_PORT", PROGRAM)
    ports.refuse_taken(aws_port, "AWS (MiniStack)", "AWS_PORT", PROGRAM)
    account = folder.make(FOLDER, PROJECT, aws.site(aws_port), phone_port)
    os.chdir(FOLDER)
    isolated = aws.isolated(os.environ, aws_port)
    os.environ.clear()
    os.environ.update(isolated)
    console = Console(highlight=False)
    with aws.child(aws_port, FOLDER / ".local" / "aws") as cloud, _phone(phone_port) as phone:
        wait_until(lambda: ministack.ready(aws_port), cloud, stop)
        wait_until(lambda: ports.answers(phone_port), phone, stop)
        welcome.show(console, FOLDER, account, aws_port, phone_port)
        while not stop.wait(_LOOK):
            cloud.check()
            phone.check()
            if domain.follow():
                console.print("[green]Deployed: the phone reaches it now.[/]")


def _phone(port: int) -> Child:
    command = [sys.executable, "-m", "simulator", "serve", "--port", str(port)]
    return Child(
        Language.of().says("手机进程"), command, os.environ, log=FOLDER / ".local" / "phone.log"
    )


if __name__ == "__main__":
    main()

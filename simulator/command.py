"""The command line: does what a user does in WeChat, and prints what they would read."""

import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO

import click

from . import delivery, pushes, terminal
from .allowance_option import allowance_rule
from .console import Console
from .events import EVENTS
from .language import Language
from .model.command import model
from .numbers import Number, WholeNumber
from .options import backend_options, delivers, refusals_shown
from .platform.allowances import AllowanceRule
from .platform.world import World
from .pushes import Push
from .remote import Remote, phone_port
from .xml import Value

_SENDABLE = (
    pushes.image,
    pushes.voice,
    pushes.video,
    pushes.shortvideo,
    pushes.location,
    pushes.link,
    pushes.file,
)


@click.group()
def main() -> None:
    """WeChat's side: pushes to your backend and shows what the user would read.

    \b
    python -m simulator say 你好
    python -m simulator say 周报 --wait
    python -m simulator follow --scene poster
    python -m simulator click REPORT -v
    python -m simulator send image --media-id abc
    python -m simulator event scancode_waitmsg ScanCodeInfo.ScanResult=690123
    python -m simulator verify
    python -m simulator faults token-expired on
    python -m simulator replay conversation.json
    python -m simulator schedule morning
    python -m simulator serve
    python -m simulator model

    The answer goes to standard output, everything else to standard error. The exit code is 0 when
    the user reads an answer or the account does not answer, 1 when they read that the service is
    out of order, 2 when the command was misused.
    """


main.add_command(model)


@main.command()
@click.argument("text")
@delivers
def say(text: str) -> Push:
    """Send the text message TEXT."""
    return pushes.text(text)


@main.command()
@click.option("--scene", default="", help="Follow by the QR code of this scene.")
@delivers
def follow(scene: str) -> Push:
    """Follow the account."""
    return pushes.follow(scene)


@main.command()
@delivers
def unfollow() -> Push:
    """Stop following the account. The user sees no answer any more."""
    return pushes.unfollow()


@main.command("click")
@click.argument("key")
@delivers
def click_menu(key: str) -> Push:
    """Tap the menu button with that KEY."""
    return pushes.click(key)


@main.command()
@click.argument("link", metavar="URL")
@delivers
def view(link: str) -> Push:
    """Tap the menu button that opens URL."""
    return pushes.view(link)


@main.command()
@click.argument("scene")
@delivers
def scan(scene: str) -> Push:
    """Scan the QR code of SCENE as a follower."""
    return pushes.scan(scene)


@main.command(epilog=f"Names with typical fields: {', '.join(EVENTS)}.")
@click.argument("name")
@click.argument("fields", nargs=-1, metavar="[FIELD=VALUE]...")
@delivers
def event(name: str, fields: tuple[str, ...]) -> Push:
    """Push the event NAME with the fields that WeChat typically sends.

    Any other name works, too, because WeChat adds new events.

    FIELD is WeChat's name. A dot names a field inside: ScanCodeInfo.ScanResult=690123
    """
    push = pushes.event(name)
    for assignment in fields:
        push = push.with_fields(**_assigned(assignment))
    return push


@main.command()
@backend_options
def verify(console: Console, url: str) -> None:
    """Check the URL as 微信开发者平台 does when it saves."""
    passed = delivery.verify(console.load(), url)
    click.echo(Language.of().says("Token 验证成功" if passed else "Token 验证失败"))
    sys.exit(0 if passed else 1)


@main.command()
@click.option(
    "--port",
    type=WholeNumber("--port 8081", 0, 65535),
    default=8080,
    show_default=True,
    help="0 takes any free one.",
)
@click.option(
    "--run",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder with the logs of `make run`. With it the page shows what the backend does.",
)
@allowance_rule
@backend_options
def serve(console: Console, url: str, port: int, run: Path | None, allowances: str) -> None:
    """Serve a phone for the browser, each exchange in detail, and WeChat's API."""
    from . import server  # noqa: PLC0415  # which takes long to import, and is for this one alone

    try:
        listener = server.listen(port)
    except OSError as error:
        taken = Language.of().says(
            "端口 {port} 无法使用。请用 --port 换一个。", port=port, why=error.strerror
        )
        raise click.UsageError(taken) from None
    console.load()  # reports a missing account now
    click.echo(f"http://127.0.0.1:{listener.getsockname()[1]}")
    world = World(console.load, rule=AllowanceRule(allowances))
    server.server(world, url, console, run).run(sockets=[listener])


@main.command()
@click.argument("name", required=False)
@click.argument("state", required=False, type=click.Choice(["on", "off"]))
@click.argument("amount", required=False, type=Number("faults api-latency on 2.5", 0))
@phone_port
def faults(name: str | None, state: str | None, amount: float | None, phone_port: int) -> None:
    """Show all faults, or turn the fault NAME on or off.

    \b
    python -m simulator faults
    python -m simulator faults token-expired on
    python -m simulator faults api-latency on 2.5

    It asks the phone's server, which `make run` starts. The exit code is 0 when it worked, 1 when
    no such server runs, 2 when the command was misused.
    """
    if name and not state:
        hint = Language.of().says("请加上 on 或 off：faults {name} on", name=name)
        raise click.UsageError(hint)
    remote = Remote(phone_port)
    with refusals_shown():
        shown = remote.switch(name, on=state == "on", amount=amount) if name else remote.faults()
    terminal.show_faults(shown)


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.File(encoding="utf-8"))
@phone_port
def replay(files: tuple[IO[str], ...], phone_port: int) -> None:
    """Replay saved conversations, and compare what users read.

    The phone's page saves them. `make run` must be running. The exit code is 0 when users read the
    same, 1 when they did not, 2 when the command was misused.
    """
    remote, language = Remote(phone_port), Language.of()
    with refusals_shown():
        played = [step for file in files for step in remote.replayed(file.read(), language)]
    terminal.show_replay(played)
    sys.exit(0 if all(step["result"] == "same" for step in played) else 1)


@main.command()
@click.argument("name", required=False)
@phone_port
def schedule(name: str | None, phone_port: int) -> None:
    """Show all schedules of app.py, or run the schedule NAME now.

    `make run` must be running. The exit code is 0 when the schedule returned, 1 when it did not,
    2 when the command was misused.
    """
    remote = Remote(phone_port)
    with refusals_shown():
        if name:
            ended = remote.run_schedule(name)
            terminal.show_run(ended)
            sys.exit(0 if ended["returned"] else 1)
        found = remote.schedules()
    if found["problem"]:
        raise click.ClickException(Language.of().tells(found["problem"]))
    terminal.show_schedules(found["schedules"])


class _Kinds(click.Group):
    """A group that lists its commands where one is asked for that it does not have."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand as error:
            there = Language.of().says("可选：{names}", names=", ".join(self.commands))
            raise click.UsageError(f"{error.message} {there}", ctx) from None


@main.group(cls=_Kinds)
def send() -> None:
    """Send a message that is not text.

    Each of its fields is an option.
    """


def _add_sending(build: Callable[..., Push]) -> None:
    kind = build.__name__
    command = send.command(kind, help=f"Send one {kind}.")(delivers(build))
    for parameter in inspect.signature(build).parameters.values():
        option = "--" + parameter.name.replace("_", "-")
        command.params.append(click.Option([option], default=parameter.default, show_default=True))


for _build in _SENDABLE:
    _add_sending(_build)


def _assigned(assignment: str) -> dict[str, Value]:
    path, equals, text = assignment.partition("=")
    if not path or not equals:
        form = "请写成 FIELD=VALUE，而不是 {written!r}"
        raise click.BadParameter(Language.of().says(form, written=assignment))
    *outer, innermost = path.split(".")
    fields: dict[str, Value] = {innermost: text}
    for name in reversed(outer):
        fields = {name: fields}
    return fields

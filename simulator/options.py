"""The options that commands share: the backend, the account, and the user of the push."""

import functools
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

import click

from chalicelib.wechat.encryption import BadKey, EncodingAesKey
from chalicelib.wechat.envelopes import Mode

from . import terminal
from .account import Account
from .addresses import Addresses
from .console import Console
from .delivery import deliver
from .events import USER
from .language import Language
from .numbers import Number
from .pushes import Push
from .remote import FailedTry, PhoneNotRunning, PhoneRefused, Remote, Unanswered, phone_port
from .wording import answered

F = TypeVar("F", bound=Callable[..., Any])

_LIMIT = 300.0

_NO_PHONE = (
    "--wait 要用 `make run` 的手机，但这个公众号和后端没有。请先启动它；演练时请去掉 --wait。"
)


class Waited(NamedTuple):
    """Whether anything came late, or was told not to come, and whether all came or waits."""

    told: bool = False
    came: bool = True


def backend_options(command: F) -> F:
    """Gives a command the arguments `url` and `console`. The console has the account."""

    @click.option(
        "--url",
        default=lambda: Addresses.load().url,
        show_default="that of the last `make run`",
        callback=_web_address,
        help="Where the backend takes pushes.",
    )
    @click.option(
        "--console",
        type=click.Path(dir_okay=False, path_type=Path),
        default=Path(".local/console.json"),
        show_default=True,
        help="The file with the account as 微信开发者平台 knows it. `make run` writes it.",
    )
    @click.option(
        "--mode",
        type=click.Choice([mode.value for mode in Mode]),
        help="Push in this mode instead of the account's own.",
    )
    @functools.wraps(command)
    def run(console: Path, mode: str | None, **arguments: Any) -> None:
        load = functools.partial(_account, console, mode)
        command(console=Console(console, load), **arguments)

    return run  # type: ignore[return-value]  # click calls it by keyword


def delivers(build: Callable[..., Push]) -> Callable[..., None]:
    """Makes a command that builds a push, lets it be delivered and shows the outcome.

    The running phone delivers it. Without one for this account and backend, the command does.
    """

    @backend_options
    @phone_port
    @click.option("--user", metavar="OPENID", help=f"The user who does it.  [default: {USER}]")
    @click.option("-v", "--verbose", is_flag=True, help="Show each exchange, too.")
    @click.option(
        "--wait", is_flag=True, help="Wait for what comes late, until the push's job has ended."
    )
    @click.option(
        "--limit",
        metavar="SECONDS",
        type=Number("--limit 60", 0),
        default=_LIMIT,
        show_default=True,
        help="How long --wait waits at most. Then the exit code is 1.",
    )
    @functools.wraps(build)
    def run(
        *,
        console: Console,
        url: str,
        phone_port: int,
        user: str | None,
        verbose: bool,
        wait: bool,
        limit: float,
        **arguments: Any,
    ) -> None:
        push = build(**arguments)
        push = push.by(user) if user else push
        remote, language, account = Remote(phone_port), Language.of(), console.load()
        number = remote.begun(push, url, account, wait=wait)
        if number is not None:
            with refusals_shown():
                outcome, answer = remote.outcome(number, language)
        elif wait:
            raise click.UsageError(language.says(_NO_PHONE))
        else:
            outcome = deliver(account, push, url, remote.arrived(push))
            answer = answered(outcome.reply, language) if outcome.reply else ""
        terminal.show(outcome, answer, verbose=verbose)
        waited = Waited()
        if wait and number is not None:
            waited = _waited(remote, number, language, limit)
        if not (answer or outcome.fault or waited.told):
            terminal.show_silence(outcome)
        sys.exit(1 if outcome.failed or not waited.came else 0)

    return run


def _waited(remote: Remote, number: int, language: Language, limit: float) -> Waited:
    """Shows what comes late, and what becomes of what does not come."""
    told = False
    try:
        with refusals_shown():
            for each in remote.late(number, language, limit):
                if isinstance(each, FailedTry):
                    terminal.show_failed_try(each.error)
                else:
                    terminal.show_late(each)
                    told = True
    except TimeoutError:
        terminal.show_under_way(limit)
        return Waited(told=True, came=False)
    except Unanswered as unanswered:
        terminal.show_unanswered(unanswered.name, str(unanswered))
        return Waited(told=True, came=unanswered.name == "waiting")
    return Waited(told=told)


@contextmanager
def refusals_shown() -> Iterator[None]:
    """Shows what the phone refuses, or that none runs, as an error of the command."""
    try:
        yield
    except PhoneNotRunning as error:
        raise click.ClickException(str(error)) from None
    except PhoneRefused as error:
        raise click.UsageError(Language.of().tells(str(error))) from None


def _account(console: Path, mode: str | None) -> Account:
    says = Language.of().says
    try:
        account = Account.load(console)
    except FileNotFoundError:
        missing = "没有 {console}。请先运行 `make run`，或用 --console 指定它的路径。"
        raise click.UsageError(says(missing, console=console)) from None
    except (OSError, ValueError, TypeError, KeyError):
        # The error is not shown, because it might quote the file, which has secrets.
        raise click.UsageError(says("{console} 里没有公众号。", console=console)) from None
    try:
        EncodingAesKey(account.encoding_aes_key)
    except BadKey as error:
        bad = "{console} 里的 encoding_aes_key 不对。"
        raise click.UsageError(says(bad, console=console, why=error)) from None
    return replace(account, mode=Mode(mode)) if mode else account


def _web_address(_: click.Context, __: click.Parameter, url: str) -> str:
    try:
        parts = urlsplit(url)
        fits = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        fits = False
    if not fits:
        form = Language.of().says("请写成 http://HOST:PORT/PATH 或 https://…")
        raise click.BadParameter(form)
    return url

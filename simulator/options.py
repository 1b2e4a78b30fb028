"""The options that commands share: the backend, the account, and the user of the push."""

import functools
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar
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
from .platform.allowances import AllowanceRule
from .pushes import Push
from .remote import PhoneNotRunning, PhoneRefused, Remote, Unanswered, phone_port
from .wording import answered

F = TypeVar("F", bound=Callable[..., Any])

_LIMIT = 300.0
_NO_PHONE = (
    "--wait asks the phone of `make run`, and none runs for this account and backend. Start it, or "
    "leave out --wait."
)

allowance_rule = click.option(
    "--allowances",
    type=click.Choice([rule.value for rule in AllowanceRule]),
    default=AllowanceRule.SET_BACK.value,
    show_default=True,
    envvar="ALLOWANCES",
    help="What a user's second message does to the customer service messages that are left: it "
    "sets them back to five, or adds five. WeChat does not document it.",
)


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
        type=click.FloatRange(min=0),
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
        number = remote.begun(push, url, account)
        if number is not None:
            with refusals_shown():
                outcome, answer = remote.outcome(number, language)
        elif wait:
            raise click.UsageError(_NO_PHONE)
        else:
            outcome = deliver(account, push, url, remote.arrived(push))
            answer = answered(outcome.reply, language) if outcome.reply else ""
        terminal.show(outcome, answer, verbose=verbose)
        came = number is None or not wait or _waited(remote, number, language, limit)
        sys.exit(1 if outcome.failed or not came else 0)

    return run


def _waited(remote: Remote, number: int, language: Language, limit: float) -> bool:
    """Shows what comes late, and says whether all of it came or waits for the user."""
    try:
        with refusals_shown():
            for text in remote.late(number, language, limit):
                terminal.show_late(text)
    except TimeoutError:
        terminal.show_under_way(limit)
        return False
    except Unanswered as unanswered:
        terminal.show_unanswered(unanswered.name, str(unanswered))
        return unanswered.name == "waiting"
    return True


@contextmanager
def refusals_shown() -> Iterator[None]:
    """Shows what the phone refuses, or that none runs, as an error of the command."""
    try:
        yield
    except PhoneNotRunning as error:
        raise click.ClickException(str(error)) from None
    except PhoneRefused as error:
        raise click.UsageError(str(error)) from None


def _account(console: Path, mode: str | None) -> Account:
    try:
        account = Account.load(console)
    except FileNotFoundError:
        raise click.UsageError(
            f"There is no {console}. Run `make run` first, or give its path with --console."
        ) from None
    except (OSError, ValueError, TypeError, KeyError):
        # The error is not shown, because it might quote the file, which has secrets.
        raise click.UsageError(f"{console} does not hold an account.") from None
    try:
        EncodingAesKey(account.encoding_aes_key)
    except BadKey as error:
        raise click.UsageError(f"The encoding_aes_key in {console} is bad: {error}.") from None
    return replace(account, mode=Mode(mode)) if mode else account


def _web_address(_: click.Context, __: click.Parameter, url: str) -> str:
    try:
        parts = urlsplit(url)
        fits = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        fits = False
    if not fits:
        raise click.BadParameter("write it as http://HOST:PORT/PATH or https://…")
    return url

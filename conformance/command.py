"""The command line."""

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from . import __version__, checks, report
from .account import Account, Mode
from .api import serving
from .backend import Backend, Options
from .check import CHECKS, Check
from .delivery import Wire
from .run import Result, Word, run

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@click.command()
@click.argument("url", required=False)
@click.option("--app-id", envvar="WECHAT_APP_ID", help="The account's AppID.")
@click.option("--token", envvar="WECHAT_TOKEN", help="Better in the variable WECHAT_TOKEN.")
@click.option(
    "--encoding-aes-key",
    envvar="WECHAT_ENCODING_AES_KEY",
    default="",
    help="Better in the variable WECHAT_ENCODING_AES_KEY.",
)
@click.option(
    "--mode",
    type=click.Choice([each.value for each in Mode]),
    default="safe",
    show_default=True,
    help="The mode that the backend is configured for.",
)
@click.option("--compatible-url", help="The same backend, in compatible mode.")
@click.option("--plaintext-url", help="The same backend, in plaintext mode.")
@click.option("--ask", metavar="TEXT", default="你好", help="A text that is answered at once.")
@click.option("--echo", is_flag=True, help="Other texts are answered with themselves.")
@click.option(
    "--counter",
    metavar="TEXT",
    help="A text that is answered with how often its user has sent it: 1, 2, 3.",
)
@click.option("--raises", metavar="TEXT", help="A text whose handler raises an exception.")
@click.option("--long", metavar="TEXT", help="A text that is answered with more than 2048 bytes.")
@click.option(
    "--slow",
    metavar="TEXT",
    help="A text whose answer takes longer than WeChat waits. `TEXT 1` is answered likewise, and"
    " the answer holds all of it and some Chinese.",
)
@click.option(
    "--many",
    metavar="TEXT",
    help="A text that is answered with eight messages, late, which hold [1] to [8].",
)
@click.option(
    "--api-url",
    help="An address on loopback where this command plays WeChat's API. Tell the backend to call it"
    " instead of https://api.weixin.qq.com.",
)
@click.option(
    "--on-rotate",
    metavar="COMMAND",
    help="Gives the backend the secrets in WECHAT_TOKEN and WECHAT_ENCODING_AES_KEY.",
)
@click.option("--oauth-url", help="Where a visitor of the backend begins to sign in.")
@click.option(
    "--patience", default=5.0, show_default=True, help="Seconds after which WeChat hangs up."
)
@click.option(
    "--late", default=40.0, show_default=True, help="Seconds within which late answers come."
)
@click.option("--only", multiple=True, metavar="NAME", help="A check or a group; may be repeated.")
@click.option("--list", "lists", is_flag=True, help="Print the checks, and run none.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["people", "json", "junit"]),
    default="people",
    show_default=True,
)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="A file.")
@click.version_option(__version__)
def main(
    url: str | None,
    app_id: str | None,
    token: str | None,
    encoding_aes_key: str,
    mode: str,
    api_url: str | None,
    patience: float,
    late: float,
    only: tuple[str, ...],
    lists: bool,
    format_: str,
    output: Path | None,
    **offers: Any,
) -> None:
    """Checks the backend of a WeChat Official Account at URL, as WeChat would reach it.

    \b
    python -m conformance http://127.0.0.1:8000/wechat --app-id wx0123456789abcdef --ask 你好
    python -m conformance --list

    A check that needs what the backend does not offer is not run, and never passed. The exit code
    is 0 when no check failed, 1 when one did, 2 when the command was misused.

    Do not point it at an account that people use: it writes as users nobody knows, and as
    strangers who try to break in.
    """
    chosen = _chosen(only)
    if lists:
        click.echo("\n".join(f"{each.name}\n    {each.sentence}" for each in chosen))
        return
    if url is None or app_id is None or token is None:
        raise click.UsageError("URL, --app-id and --token (or WECHAT_TOKEN) are needed.")
    account = _account(app_id, token, encoding_aes_key, Mode(mode))
    options = Options(**{each.name: offers[each.name] for each in fields(Options)})
    with ExitStack() as stack:
        api = stack.enter_context(serving(*_address(api_url))) if api_url else None
        backend = Backend(account, Wire(url, patience), options, api, late)
        if not backend.wire.get({"echostr": "1"}).status:
            raise click.ClickException(f"Nothing answers at {url}: does the backend run?")
        results = run(chosen, backend, tell=_progress(len(chosen)))
    _report(results, format_, output)
    sys.exit(any(result.word is Word.FAILED for result in results))


def _chosen(only: Sequence[str]) -> list[Check]:
    for name in only:
        if name not in CHECKS and name not in checks.GROUPS:
            known = ", ".join(checks.GROUPS)
            raise click.UsageError(f"There is no check {name}; see --list. Groups: {known}.")
    return [e for e in CHECKS.values() if not only or e.name in only or e.group in only]


def _account(app_id: str, token: str, encoding_aes_key: str, mode: Mode) -> Account:
    account = Account(app_id, token, encoding_aes_key, mode)
    if not encoding_aes_key and mode is Mode.PLAINTEXT:
        return account
    try:
        length = len(account.key)
    except ValueError:
        length = 0
    if length != 32:
        raise click.UsageError("--encoding-aes-key has 43 letters and digits; or --mode plaintext.")
    return account


def _report(results: Sequence[Result], format_: str, output: Path | None) -> None:
    forms = {"people": report.people, "json": report.as_json, "junit": report.as_junit}
    text = forms[format_](results)
    if output:
        output.write_text(click.unstyle(text) + "\n", encoding="utf-8")
        click.echo(report.summary(results), err=True)
    else:
        click.echo(text)


def _address(api_url: str) -> tuple[str, int]:
    parts = urlsplit(api_url)
    if parts.hostname not in LOOPBACK or parts.port is None:
        raise click.UsageError("--api-url is an address on loopback: http://127.0.0.1:9000")
    return parts.hostname or "", parts.port


def _progress(of: int) -> Any:
    done = 0

    def tell(result: Result) -> None:
        nonlocal done
        done += 1
        if sys.stderr.isatty():
            end = "\n" if done == of else ""
            click.echo(f"\r\033[K{done} of {of}: {result.check.name}{end}", err=True, nl=False)

    return tell

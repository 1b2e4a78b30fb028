"""What commands share: their options, their questions, and how they end."""

import functools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from . import account
from .errors import EXPECTED, sentence
from .region import region
from .target import Target, UnknownStage

F = TypeVar("F", bound=Callable[..., Any])


class Operator(click.Group):
    """A group whose commands end with one sentence and exit code 1 if something is wrong."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except UnknownStage as error:
            raise click.UsageError(str(error)) from None
        except EXPECTED as error:
            raise click.ClickException(sentence(error)) from None
        except click.Abort as error:
            if not isinstance(error.__context__, EOFError):
                raise  # a no
            told = "A question was not answered: run it on a terminal, or use --yes."
            raise click.ClickException(told) from None
        except KeyboardInterrupt:
            again = "Interrupted. What was done stays; run it again, and it continues."
            raise click.ClickException(again) from None
        except OSError as error:
            if not error.filename:  # not a file of the operator's, but a closed pipe
                raise
            raise click.ClickException(sentence(error)) from None


def on_stage(command: F) -> F:
    """Gives a command the argument `target`."""

    @click.option(
        "--stage",
        default="dev",
        show_default=True,
        metavar="NAME",
        help="The stage, and so the account.",
    )
    @functools.wraps(command)
    def run(*, stage: str, **arguments: Any) -> Any:
        target = Target(stage, Path.cwd())
        account.check(target)  # fails, for an unknown stage too, before anything is done
        return command(target=target, **arguments)

    return run  # type: ignore[return-value]  # click calls it by keyword


def _address(_: click.Context, __: click.Parameter, url: str | None) -> str | None:
    if url is None:
        return None
    if re.fullmatch(r"https?://[\w.-]+(:\d+)?(/\S*)?", url):
        return url.rstrip("/").removesuffix("/wechat")  # as 微信开发者平台 has it
    raise click.BadParameter("write https://HOST, and the path if it has one")


site_url = click.option(
    "--url",
    callback=_address,
    help="The URL of the stage, if it is not the one on AWS, for example a tunnel.",
)
yes = click.option("--yes", is_flag=True, help="Do not ask, for scripts.")
as_json = click.option("--json", "as_json", is_flag=True, help="As JSON, for scripts.")


def ask_production(target: Target, what: str, *, yes: bool) -> None:
    """Asks before `what` is done to a stage that users may rely on."""
    if target.is_production:
        ask(f"{what} on {target.stage} in {region()}?", yes=yes)


def ask(question: str, *, yes: bool) -> None:
    """Ends the command unless the operator agrees."""
    if not yes:
        click.confirm(question, abort=True, err=True)

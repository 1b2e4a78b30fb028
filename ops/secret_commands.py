"""`secrets`: lists, sets, generates and rolls back secrets, and does not show their values."""

import sys
import warnings
from getpass import GetPassWarning
from typing import TextIO

import boto3
import click
from rich.text import Text

from . import secret_copies, secret_store, terminal, wording
from .options import as_json, ask_production, on_stage, yes
from .region import region
from .target import Target


class _Name(click.ParamType[str]):
    """A secret that `secrets list` lists, or one of the team's own."""

    name = "NAME"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if secret_store.kind(value) is None:
            known = ", ".join(secret_store.KINDS)
            self.fail(f"{value!r} is none of {known}, or own/ and a name of yours.", param, ctx)
        return value


_ours = click.Choice([name for name, kind in secret_store.KINDS.items() if kind.new])
_VERSION = wording.Number(int, "the number of a version, such as 3", 1)


@click.group("secrets")
def group() -> None:
    """List and rotate a stage's secrets.

    They are SecureString parameters under /wechalice/<stage>/. A change takes effect within
    seconds, without another deploy.

    \b
    token, encoding-aes-key   SSM first, and a minute later 微信开发者平台
    app-secret                微信开发者平台 first, because it makes it, then SSM
    cookie-key, ticket-key, refresh-token-key   the backend's own: only SSM
    app-id, domain-verification                 as WeChat shows them
    own/NAME                  your own, which handlers read as ctx.secret("NAME")
    """


@group.command("list")
@on_stage
@as_json
def list_(target: Target, *, as_json: bool) -> None:
    """List them with version and age, never with values.

    \b
    python -m ops secrets list
    python -m ops secrets list --stage prod --json

    The exit code is 1 if one that the stage needs is missing.
    """
    found, wanted = secret_store.listed(target), secret_store.wanted(target)
    missing = [name for name in wanted if name not in found]
    names = [*secret_store.KINDS, *sorted(found.keys() - secret_store.KINDS.keys())]
    if as_json:
        terminal.show_json([_described(name, found.get(name)) for name in names])
    else:
        rows = [_row(name, found.get(name), missing) for name in names]
        terminal.show_table(["secret", "version", "age", "last changed"], rows)
        for name in missing:
            verb = "generate" if secret_store.KINDS[name].new else "set"
            command = f"python -m ops secrets {verb} {name} --stage {target.stage}"
            terminal.note(f"Missing in {region()}: {command}")
    if missing:
        sys.exit(1)


@group.command("set")
@click.argument("name", type=_Name(), metavar="NAME")
@on_stage
@click.option(
    "--file",
    type=click.File(),
    help="Read the value from a file, or from standard input with `-`, instead of asking.",
)
@yes
def set_(target: Target, name: str, file: TextIO | None, *, yes: bool) -> None:
    """Make a value the current one.

    Asks for it without showing it, and checks it first.

    \b
    python -m ops secrets set app-secret
    python -m ops secrets set token --stage prod --file token.txt --yes
    pass show wechat/app-secret | python -m ops secrets set app-secret --file -

    NAME is one of those that `secrets list` lists, or own/ and a name of yours, such as
    own/model-key, which handlers read as ctx.secret("model-key"). Setting the current value
    once more retires all earlier ones at once.
    """
    try:
        value = file.read() if file else _typed(name)
    except UnicodeDecodeError:
        raise click.UsageError("The value is not text in UTF-8.") from None
    ask_production(target, f"Change {name}", yes=yes)
    _changed(name, secret_store.put(target, name, value.strip()))


def _typed(name: str) -> str:
    boto3.client("sts").get_caller_identity()  # nobody types a secret for an AWS out of reach
    try:
        with warnings.catch_warnings(action="ignore", category=GetPassWarning):
            value: str = click.prompt(name, hide_input=True, err=True)
    except click.Abort as error:
        if not isinstance(error.__context__, EOFError):
            raise
        told = "No value: type it on a terminal, or use --file -, which reads standard input."
        raise click.UsageError(told) from None
    return value


@group.command()
@click.argument("names", type=_ours, nargs=-1, required=True, metavar="NAME...")
@on_stage
@click.option("--show", is_flag=True, help="Show, on a terminal, what WeChat wants to know.")
@yes
def generate(target: Target, names: tuple[str, ...], *, show: bool, yes: bool) -> None:
    """Make new random values current.

    \b
    python -m ops secrets generate token encoding-aes-key --show
    python -m ops secrets generate cookie-key ticket-key refresh-token-key
    python -m ops secrets generate token --stage prod --show

    NAME is token, encoding-aes-key, cookie-key, ticket-key or refresh-token-key. The first two
    have to be pasted into 微信开发者平台: --show shows them, once, and only on a terminal.
    """
    if show and not sys.stdout.isatty():
        raise click.UsageError("--show works only on a terminal, because it shows a secret.")
    ask_production(target, f"Change {', '.join(names)}", yes=yes)
    for name in names:
        kind = secret_store.KINDS[name]
        assert kind.new  # noqa: S101 - the choices allow no others
        value = kind.new()
        version = secret_store.put(target, name, value)
        _changed(name, version)
        if kind.on_platform and show:
            click.echo(f"{name}: {value}")
        else:
            _say_where(target, name)


@group.command("roll-back")
@click.argument("name", type=_Name(), metavar="NAME")
@on_stage
@click.option(
    "--to",
    type=_VERSION,
    metavar="VERSION",
    help="This version instead of the last different value.",
)
@yes
def roll_back(target: Target, name: str, to: int | None, *, yes: bool) -> None:
    """Make an earlier value current again.

    \b
    python -m ops secrets roll-back token --stage prod
    python -m ops secrets roll-back token --stage prod --to 4

    NAME is one of those that `secrets list` lists. The value becomes a new version. The
    value before it stays valid for 24 hours, as after any change of a token or an
    encoding-aes-key.
    """
    chosen = secret_store.earlier(secret_store.versions(target, name), to)
    ask_production(target, f"Go back to version {chosen.version} of {name}", yes=yes)
    _changed(name, secret_store.put(target, name, chosen.value))
    _say_where(target, name)


@group.command()
@click.option(
    "--from", "source", required=True, metavar="REGION", help="The region that has the secrets."
)
@on_stage
@yes
def copy(target: Target, source: str, *, yes: bool) -> None:
    """Copy a stage's secrets from another region.

    For a stage that moves to the region of AWS_REGION. Copies the current values, your own below
    own/ too, and all versions of refresh-token-key, because tokens that it has sealed name one.
    Run it as often as you like: it writes only what differs.

    \b
    AWS_REGION=eu-west-1 python -m ops secrets copy --from us-east-1 --stage prod
    """
    if source == region():
        raise click.UsageError(f"{source} is the region to copy to: set AWS_REGION to another one.")
    found = secret_copies.missing(target, source)
    if not found:
        terminal.note(f"{region()} has all secrets of {source} already.", "green")
        return
    ask_production(target, f"Copy {', '.join(found)} from {source}", yes=yes)
    for name, values in found.items():
        version = max(secret_store.put(target, name, value) for value in values)
        terminal.note(f"{name} is version {version} in {region()}.", "green")


def _say_where(target: Target, name: str) -> None:
    """Shows the command that prints what has to go into 微信开发者平台."""
    kind = secret_store.kind(name)
    if kind and kind.on_platform:
        terminal.note(f"To see it: {secret_store.shown_by(target, name)}")


def _changed(name: str, version: int) -> None:
    kind = secret_store.kind(name)
    assert kind  # noqa: S101 - it was put
    next_step = (version == 1 and kind.at_first) or kind.afterwards
    terminal.note(f"{name} is version {version}. {next_step}", "green")


def _row(name: str, found: secret_store.Version | None, missing: list[str]) -> list[str | Text]:
    if found is None:
        return [name, "-", Text("missing", "red") if name in missing else "-", "-"]
    changed = found.changed.astimezone().strftime("%Y-%m-%d %H:%M")
    return [name, str(found.version), wording.age(found.age), changed]


def _described(name: str, found: secret_store.Version | None) -> dict[str, object]:
    if found is None:
        return {"name": name, "version": None, "age_seconds": None, "changed": None}
    return {
        "name": name,
        "version": found.version,
        "age_seconds": round(found.age),
        "changed": found.changed.isoformat(),
    }

"""`user`: shows, exports and deletes the data of one of the account's users."""

from typing import Any

import click

from . import terminal, users, wording
from .errors import Failed
from .options import as_json, ask, on_stage, yes
from .target import Target

_openid = click.argument("openid", required=False, metavar="[OPENID]")
_user_id = click.option("--user-id", help="The site's user who is bound, instead of an openid.")


@click.group("user")
def group() -> None:
    """Show, export and forget a user.

    Users may ask for each of these. Name users by their openid or, if they have bound themselves
    to a user of the site, by --user-id.
    """


@group.command()
@_openid
@_user_id
@on_stage
@as_json
def show(target: Target, openid: str | None, user_id: str | None, *, as_json: bool) -> None:
    """Show a user's profile.

    \b
    python -m ops user show oABCD1234
    python -m ops user show --user-id 42 --stage prod
    """
    kept = users.stored(target, _named(target, openid, user_id))["profile"]
    if as_json:
        terminal.show_json(kept)
    else:
        terminal.show_table(["", ""], [[name, _told(name, kept[name])] for name in kept])


def _told(name: str, value: Any) -> str:
    return wording.moment(value) if name in users.TIMES else str(value)


@group.command()
@_openid
@_user_id
@on_stage
def export(target: Target, openid: str | None, user_id: str | None) -> None:
    """Print all data of a user as JSON, for the user. Leaves out tokens.

    \b
    python -m ops user export oABCD1234 --stage prod >user.json
    """
    kept: dict[str, Any] = users.stored(target, _named(target, openid, user_id))
    terminal.show_json(kept)


@group.command()
@_openid
@_user_id
@on_stage
@yes
def forget(target: Target, openid: str | None, user_id: str | None, *, yes: bool) -> None:
    """Delete all data of a user, and sign them out everywhere.

    \b
    python -m ops user forget oABCD1234 --stage prod

    The user still follows the account, and new data is kept when they write or allow something
    again. Backups (point-in-time recovery) hold the old profile for 35 days.
    """
    chosen = _named(target, openid, user_id)
    users.stored(target, chosen)  # fails for an unknown user
    ask(f"Delete all data of {chosen}?", yes=yes)
    users.forget(target, chosen)
    terminal.note("Forgotten.", "green")


def _named(target: Target, openid: str | None, user_id: str | None) -> str:
    if bool(openid) == bool(user_id):
        raise click.UsageError("Name an openid, or use --user-id.")
    if openid and "#" in openid:
        raise Failed(f"{openid} is no openid.")
    return openid or users.openid_of(target, str(user_id))

"""`bind-link`: a link with which users of the site bind their WeChat to their account there."""

import sys

import click
import segno

from chalicelib.web.signing import TICKET_KEY, TICKET_SECONDS
from chalicelib.web.tickets import bind_link

from . import deployed, secret_store, terminal
from .errors import Failed
from .options import on_stage, site_url
from .region import region
from .target import Target


@click.command("bind-link")
@click.argument("user_id", metavar="USER_ID")
@on_stage
@click.option("--label", required=True, help="How the page names the user: a***@example.com.")
@click.option("--return-to", default="", help="Where the user goes in the end; see RETURN_URLS.")
@site_url
def make(target: Target, user_id: str, label: str, return_to: str, url: str | None) -> None:
    """Make a link that binds a user's WeChat.

    With it the site's user USER_ID binds their WeChat to their account there. It is valid for ten
    minutes, and once.

    \b
    python -m ops bind-link 42 --label 'a***@example.com'
    python -m ops bind-link 42 --label 'a***@example.com' --return-to https://shop.example/account

    Whoever opens it in WeChat and agrees is that user from then on: give it to nobody else. The
    label is a name by which the user knows the account. It should tell others nothing.
    """
    site = url or deployed.site(target)
    if not site:
        do = f"python -m ops deploy --stage {target.stage}"
        raise Failed(f"{target.stage} is not deployed: {do}")
    key = secret_store.values(target).get(TICKET_KEY)
    if key is None:
        do = f"python -m ops secrets generate {TICKET_KEY} --stage {target.stage}"
        raise Failed(f"The parameter {TICKET_KEY} is missing in {region()}: {do}")
    try:
        link = bind_link(site.rstrip("/"), key.value, user_id, label, return_to)
    except ValueError as error:
        raise Failed(f"{error}.") from None
    terminal.note(f"Valid for {TICKET_SECONDS // 60} minutes, once:")
    click.echo(link)
    if sys.stdout.isatty():
        segno.make(link, error="l").terminal(compact=True)

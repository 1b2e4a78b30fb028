"""`qrcode`: a QR code that says where a user has found the account."""

from pathlib import Path

import click
import segno
from click.core import ParameterSource

from . import terminal, wechat, wording
from .options import ask, on_stage
from .options import yes as yes_option
from .target import Target

_LONGEST = 30 * 24 * 3600


@click.command()
@click.argument("scene")
@on_stage
@click.option(
    "--expires",
    type=wording.Duration(),
    default="30d",
    show_default=True,
    help="How long it is valid, up to 30d.",
)
@click.option("--forever", is_flag=True, help="Valid for ever; an account has 100 000 of those.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write it as a PNG instead of showing it here.",
)
@yes_option
def qrcode(
    target: Target, scene: str, expires: int, out: Path | None, *, forever: bool, yes: bool
) -> None:
    """Make a QR code for SCENE.

    The backend gets SCENE when somebody scans the code. A user who follows the account with it
    sends a SubscribeEvent with the event_key qrscene_SCENE; a follower who scans it sends a
    ScanEvent with SCENE.

    \b
    python -m ops qrcode poster
    python -m ops qrcode poster --expires 7d --out poster.png
    python -m ops qrcode door-12 --forever --out door-12.png
    """
    if (
        forever
        and click.get_current_context().get_parameter_source("expires") != ParameterSource.DEFAULT
    ):
        raise click.UsageError("--forever never expires. Use one of them.")
    if expires > _LONGEST:
        raise click.UsageError("WeChat takes up to 30d; for longer, use --forever.")
    if not 1 <= len(scene.encode()) <= 64:
        raise click.UsageError("SCENE has 1 to 64 characters.")
    if out and not out.parent.is_dir():  # checked before WeChat makes a code
        raise click.UsageError(f"There is no folder {out.parent}.")
    if forever:
        ask(
            "One of the 100 000 codes that are valid for ever is used up for good. Continue?",
            yes=yes,
        )
    code = wechat.api(target).create_qr_code(scene, None if forever else expires)
    drawn = segno.make(code.url, error="m")
    if out:
        drawn.save(str(out), kind="png", scale=10)
        terminal.note(f"{out}: {code.url}", "green")
    else:
        drawn.terminal(compact=True)
        terminal.show(code.url)

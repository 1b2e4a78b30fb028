"""The group of all commands."""

import click

from chalicelib import __version__

from . import (
    bind_link,
    dead_letter_commands,
    deploy_policy,
    function_commands,
    log_commands,
    menu_commands,
    secret_commands,
    user_commands,
)
from .cost import cost
from .deploy import deploy
from .doctor import doctor
from .down import down
from .options import Operator
from .qr_code import qrcode
from .stage import stage
from .status import status
from .up import up
from .upgrade import upgrade


@click.group(cls=Operator)
@click.version_option(__version__, prog_name="wechalice", message="%(prog)s %(version)s")
def main() -> None:
    """Looks after wechalice on AWS.

    Every command takes --stage (default dev). A stage is an account. Every stage but dev counts
    as production, and is changed only after a yes. AWS credentials and region are found as the
    AWS CLI finds them (AWS_PROFILE, AWS_REGION …).

    A first deployment:

    \b
    python -m ops secrets set app-id             paste what 微信开发者平台 shows
    python -m ops secrets set app-secret
    python -m ops secrets generate token encoding-aes-key --show
    python -m ops secrets generate cookie-key ticket-key refresh-token-key
    python -m ops deploy                         prints what to paste there
    python -m ops doctor                         says what is still missing

    Exit codes of every command: 0 done; 1 the command or a check failed, and the message says what
    to do next; 2 the command was misused.
    """


main.add_command(up)
main.add_command(deploy)
main.add_command(stage)
main.add_command(upgrade)
main.add_command(function_commands.group)
main.add_command(down)
main.add_command(secret_commands.group)
main.add_command(dead_letter_commands.group)
main.add_command(log_commands.show)
main.add_command(menu_commands.group)
main.add_command(qrcode)
main.add_command(doctor)
main.add_command(status)
main.add_command(deploy_policy.show)
main.add_command(cost)
main.add_command(user_commands.group)
main.add_command(bind_link.make)

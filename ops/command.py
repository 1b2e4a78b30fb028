"""The group of all commands, each of which is imported when it is asked for.

Most need neither all that talks to WeChat nor what deploys, whose import takes longer than they do.
"""

from collections.abc import Mapping
from importlib import import_module

import click

from chalicelib import __version__

from .options import Operator

_COMMANDS: Mapping[str, tuple[str, str]] = {
    "bind-link": ("bind_link", "make"),
    "cost": ("cost", "cost"),
    "dead-letters": ("dead_letter_commands", "group"),
    "deploy": ("deploy", "deploy"),
    "deploy-policy": ("deploy_policy", "show"),
    "doctor": ("doctor", "doctor"),
    "down": ("down", "down"),
    "function": ("function_commands", "group"),
    "logs": ("log_commands", "show"),
    "menu": ("menu_commands", "group"),
    "qrcode": ("qr_code", "qrcode"),
    "secrets": ("secret_commands", "group"),
    "stage": ("stage", "stage"),
    "status": ("status", "status"),
    "up": ("up", "up"),
    "upgrade": ("upgrade", "upgrade"),
    "user": ("user_commands", "group"),
}
"""The module of each command, and its name there."""


class Commands(Operator):
    """The group of `_COMMANDS`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*_COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, name = _COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(f".{module}", __package__), name)
        return command


@click.group(cls=Commands)
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

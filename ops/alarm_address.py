"""Who gets the alarms of a stage: an e-mail address in .chalice/config.json."""

import re

import click

from . import stack, terminal
from .errors import Failed
from .target import Target, read_config, write_config

SETTING = "alarm_email"
"""Of a stage in .chalice/config.json."""
NONE = "none"
"""Instead of an address: nobody gets them, and nobody is asked again."""

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
_PARAMETER = "AlarmEmail"
"""Of resources.yaml."""


def _address(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    try:
        return None if value is None else checked(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


option = click.option(
    "--alarm-email",
    metavar="ADDRESS",
    callback=_address,
    help="Who gets alarms, or none; AWS asks this address to confirm first.",
)


def checked(value: str) -> str:
    """`value` if it is an address or `none`. Raises ValueError, which says what is wrong."""
    if value in ("", NONE):
        return NONE
    if _ADDRESS.fullmatch(value):
        return value
    raise ValueError(f"{value} is no e-mail address, so alarms would reach nobody.")


def configured(target: Target) -> str | None:
    """The address of a stage, `none`, or None if nobody has said it yet. Raises Failed."""
    found = target.stage_config.get(SETTING)
    if found is None:
        return None
    try:
        return checked(str(found))
    except ValueError:
        raise Failed(
            f"{target.config_file}: {SETTING} of {target.stage} is {found!r}. Write an e-mail "
            f"address, or {NONE}."
        ) from None


def chosen(target: Target, *, yes: bool) -> str | None:
    """As the configuration says, else the stack of an older release, else the operator."""
    known = configured(target) or stack.parameters(target.stack).get(_PARAMETER)
    if known or not target.is_production:
        return known or None
    if yes:
        terminal.show(
            f"Nobody gets the alarms of {target.stage}: use --alarm-email ADDRESS, or none.",
            "yellow",
        )
        return None
    terminal.note(f"\nNobody gets the alarms of {target.stage} yet.")
    answer: str = click.prompt("E-mail address, or none", value_proc=_prompted, err=True)
    return answer


def parameters(address: str | None) -> dict[str, str]:
    """What the stack is told; with None, nothing."""
    return {} if address is None else {_PARAMETER: "" if address == NONE else address}


def remember(target: Target, address: str | None) -> None:
    """Writes the address into the configuration."""
    if address and address != configured(target):
        config = read_config(target.config_file)
        config["stages"][target.stage][SETTING] = address
        write_config(target.config_file, config)


def _prompted(value: str) -> str:
    try:
        return checked(value)
    except ValueError as error:
        raise click.UsageError(str(error)) from None

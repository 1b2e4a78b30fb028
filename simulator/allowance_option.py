"""The option for what WeChat does not document, which `make run` has too."""

import click

from .platform.allowances import AllowanceRule

allowance_rule = click.option(
    "--allowances",
    type=click.Choice([rule.value for rule in AllowanceRule]),
    default=AllowanceRule.SET_BACK.value,
    show_default=True,
    envvar="ALLOWANCES",
    help="What a user's second message does to the customer service messages that are left: it "
    "sets them back to five, or adds five. WeChat does not document it.",
)

"""Network interfaces that Lambda still has in the network of a fixed exit.

AWS deletes them up to 20 minutes after their functions are gone. Until then it deletes no subnet
that has one, and CloudFormation gives up.
"""

import time
from collections.abc import Sequence

import boto3

from . import stack, terminal, wording
from .errors import Failed
from .stack import Progress

_LONGEST = 45 * 60
"""Seconds after which something else must hold them."""


def wait_until_gone(name: str, progress: Progress) -> None:
    """Waits until none is left in the subnets of the stack, if it has any. Raises Failed."""
    if not (subnets := stack.outputs(name).get("SubnetIds", "")):
        return
    started = time.monotonic()
    for look, pause in enumerate(stack.pauses()):
        left, waited = _in(subnets.split(",")), time.monotonic() - started
        if not left:
            return
        if waited > _LONGEST:
            raise Failed(
                f"After {wording.age(waited)} there still are network interfaces in {name}: "
                f"{', '.join(left)}. Take whatever uses them out of this network, and run it again."
            )
        if not look:
            terminal.show(
                f"Lambda still has network interfaces in {name}, and deletes them within about 20 "
                "minutes. If you interrupt this, run it again, and it continues."
            )
        progress(f"{name}: network interfaces left: {len(left)}, after {wording.age(waited)}")
        time.sleep(pause)


def _in(subnets: Sequence[str]) -> list[str]:
    """What the interfaces in these subnets are for, or how they are called."""
    pages = boto3.client("ec2").get_paginator("describe_network_interfaces")
    wish = {"Name": "subnet-id", "Values": [*subnets]}
    return [
        each["Description"] or each["NetworkInterfaceId"]
        for page in pages.paginate(Filters=[wish])
        for each in page["NetworkInterfaces"]
        if each["SubnetId"] in subnets  # an emulator does not know the filter
    ]

"""Two regions of the account, and how an operator turns to one of them."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

HERE, THERE = "us-east-1", "eu-west-1"
"""Where tests begin, and another one."""


@contextmanager
def turned_to(region: str) -> Iterator[None]:
    """An operator whose commands are about `region`."""
    with pytest.MonkeyPatch.context() as own:
        own.setenv("AWS_REGION", region)
        own.setenv("AWS_DEFAULT_REGION", region)
        yield

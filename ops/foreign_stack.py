"""Stages whose functions CloudFormation has made, which it alone may change and delete."""

from . import lambda_functions
from .target import AT_EXIT, Target

CHAPTER = "By CloudFormation alone, in docs/operations.md"


def of(target: Target) -> str | None:
    """The stack that has made the functions of a stage; None if no stack has. Raises Failed."""
    for name in (target.door, *map(target.function, AT_EXIT)):
        found = lambda_functions.look(name)
        if found and found.stack:
            return found.stack
    return None

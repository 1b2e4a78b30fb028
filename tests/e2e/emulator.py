"""`python -m tests.e2e.emulator`: the AWS to deploy to, which notes who asks for which action."""

import os
import runpy
from pathlib import Path
from typing import Any

from ministack.core import iam_evaluator  # type: ignore[import-untyped]

ASKED = "asked.txt"
"""The file of what was asked: an access key, an action and a resource in each line."""

_enforce = iam_evaluator.enforce
_noted: set[str] = set()


def noted(key: str, action: str, *request: Any, resource_arn: str = "*", **context: Any) -> Any:
    line = f"{key} {action} {resource_arn}\n"
    if line not in _noted:
        _noted.add(line)
        with Path(os.environ["STATE_DIR"], ASKED).open("a") as file:
            file.write(line)
    return _enforce(key, action, *request, resource_arn=resource_arn, **context)


if __name__ == "__main__":
    iam_evaluator.enforce = noted
    runpy.run_module("local.cloud.emulator", run_name="__main__")

"""States of the AWS of these tests, kept in it by name, so that each is made only once.

`make` gives a project and its stage a state; for another project of the same stage it is brought
back, which takes one call instead of a hundred.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.ops.operator import Operator
from tests.patience import PATIENCE


@dataclass(frozen=True)
class States:
    """Of the AWS at `endpoint`; `folder` has the projects that belong to them."""

    endpoint: str
    folder: Path

    def empty(self) -> None:
        self._ask("POST", "/_ministack/reset")

    def bring(self, name: str, operator: Operator, make: Callable[[], object]) -> None:
        """Leaves `operator` in the state that `make` made once."""
        project = self.folder / name
        if project.exists():
            self._ask("POST", f"/kept/{name}")
            shutil.copytree(project, operator.project, dirs_exist_ok=True)
        else:
            make()
            self._ask("PUT", f"/kept/{name}")
            shutil.copytree(operator.project, project)

    def _ask(self, method: str, path: str) -> None:
        signed = {"Authorization": "AWS4-HMAC-SHA256"}
        url = f"{self.endpoint}{path}"
        httpx.request(method, url, headers=signed, timeout=PATIENCE).raise_for_status()

"""The table in docs/operations.md of what was broken, what `doctor` says, and what fixes it."""

import re
from typing import NamedTuple

from tests.documents import PROJECT

_CODE = re.compile("`([^`]+)`")


class Row(NamedTuple):
    """A row; `says` and `fix` are in the words that `doctor` uses of the stage `prod`."""

    broken: str
    says: str
    fix: str

    def of(self, stage: str) -> "Row":
        """The same about another stage."""
        words = (re.sub(r"\bprod\b", stage, each) for each in (self.says, self.fix))
        return Row(self.broken, *words)


def rows() -> dict[str, Row]:
    """All of them, by what was broken."""
    text = (PROJECT / "docs" / "operations.md").read_text(encoding="utf-8")
    _, _, section = text.partition("\n## What was broken\n")
    section, _, _ = section.partition("\n## ")
    lines = [line.strip("| ").split(" | ") for line in section.splitlines() if line[:2] == "| "]
    cells = [each for each in lines if len(each) == 3 and "---" not in each[0]][1:]
    return {
        broken: Row(broken, _CODE.findall(says)[0], _CODE.findall(fix)[0])
        for broken, says, fix in cells
    }

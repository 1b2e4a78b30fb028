"""The log lines of backend and worker, which `make run` writes to files."""

import json
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_KEPT = 3000


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `entry` is its JSON, if it is a line of our own. `at` is in epoch seconds.

    A line that is written at the end of something says in `since` when that began.
    """

    source: str
    at: float
    text: str
    entry: dict[str, Any] = field(default_factory=dict)

    @property
    def identity(self) -> str:
        return str(self.entry.get("identity", ""))

    @property
    def since(self) -> float:
        took = self.entry.get("JobMilliseconds", self.entry.get("PushMilliseconds", 0))
        return self.at - float(took) / 1000


class Log:
    """The file of one process, which is read from where the last reading ended."""

    def __init__(self, source: str, path: Path) -> None:
        self.lines: deque[Line] = deque(maxlen=_KEPT)
        self._source = source
        self._path = path
        self._offset = 0

    def read(self) -> list[Line]:
        """The lines that have come since the last reading."""
        try:
            with self._path.open("rb") as file:
                if file.seek(0, 2) < self._offset:
                    self._offset = 0  # the file is new
                file.seek(self._offset)
                whole, newline, _ = file.read().rpartition(b"\n")
        except OSError:
            return []
        self._offset += len(whole) + len(newline)
        came = [self._line(each) for each in whole.decode("utf-8", "replace").splitlines()]
        self.lines.extend(came)
        return came

    def _line(self, stamped: str) -> Line:
        stamp, _, text = stamped.partition(" ")
        at = float(stamp) if stamp.replace(".", "", 1).isdecimal() else 0.0
        entry = ours(text)
        return Line(self._source, float(entry.get("time", at)), text, entry)


def ours(text: str) -> dict[str, Any]:
    """The JSON of a line of our own, without what only CloudWatch reads; empty for others."""
    try:
        entry = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(entry, dict) or "event" not in entry:
        return {}
    entry.pop("_aws", None)
    return entry

"""What the phone's page asks of `make run`: kill the worker, cut off the queue, or run the backend
with other settings. They are separate processes, so the request is a file.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

FILE = Path(".local/controls.json")


@dataclass(frozen=True, slots=True)
class Controls:
    """The current requests. `settings` are environment variables of the backend."""

    worker_killed: bool = False
    queue_down: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path = FILE) -> "Controls":
        """The current requests, or none if the file does not exist yet."""
        try:
            return cls(**json.loads(path.read_text()))
        except (OSError, ValueError, TypeError):
            return cls()

    def save(self, path: Path = FILE) -> None:
        new = path.with_suffix(".new")
        new.write_text(json.dumps(asdict(self)))
        new.replace(path)

"""What the phone's page asks of `make run`: to kill the worker, to cut the queue off, to run the
backend with other settings. A file, because both are processes of their own.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

FILE = Path(".local/controls.json")


@dataclass(frozen=True, slots=True)
class Controls:
    """What is asked for now; `settings` are environment variables of the backend."""

    worker_killed: bool = False
    queue_down: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path = FILE) -> "Controls":
        """What is asked for; nothing, when nobody has asked yet."""
        try:
            return cls(**json.loads(path.read_text()))
        except (OSError, ValueError, TypeError):
            return cls()

    def save(self, path: Path = FILE) -> None:
        new = path.with_suffix(".new")
        new.write_text(json.dumps(asdict(self)))
        new.replace(path)

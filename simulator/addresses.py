"""The addresses that `make run` uses, saved so that commands find them."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = Path(".local/run.json")


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the backend takes pushes, and the port of the phone."""

    url: str = "http://127.0.0.1:8000/wechat"
    phone_port: int = 8080

    @classmethod
    def load(cls, path: Path = FILE) -> "Addresses":
        """The addresses of the last `make run` in this folder, or the default ones."""
        try:
            return cls(**json.loads(path.read_text()))
        except (OSError, ValueError, TypeError, RecursionError):
            return cls()

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)))

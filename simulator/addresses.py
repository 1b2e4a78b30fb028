"""What `make run` serves where, so that commands find it whatever its ports are."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = Path(".local/run.json")


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the backend takes pushes, and at which port the phone is."""

    url: str = "http://127.0.0.1:8000/wechat"
    phone_port: int = 8080

    @classmethod
    def load(cls, path: Path = FILE) -> "Addresses":
        """What the last `make run` in this folder said, else what it would say by itself."""
        try:
            return cls(**json.loads(path.read_text()))
        except (OSError, ValueError, TypeError, RecursionError):
            return cls()

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)))

"""The addresses that `make run` uses, saved so that commands find them."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = Path(".local/run.json")


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the backend takes pushes, and the ports of the phone and of AWS; 0 if it has none."""

    url: str = "http://127.0.0.1:8000/wechat"
    phone_port: int = 8080
    aws_port: int = 0

    @property
    def site(self) -> str:
        """Where the backend's pages are."""
        return self.url.removesuffix("/wechat")

    @property
    def wechat(self) -> str:
        """Where WeChat's API is."""
        return f"http://127.0.0.1:{self.phone_port}"

    @classmethod
    def load(cls, path: Path = FILE) -> "Addresses":
        """The addresses of the last `make run` in this folder, or the default ones."""
        try:
            return cls(**json.loads(path.read_text()))
        except (OSError, ValueError, TypeError, RecursionError):
            return cls()

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)))

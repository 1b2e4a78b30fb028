"""What `make run` stores for its next run: the account's menu, and the users that were added."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from .people import Person

FILE = "phone.json"


@dataclass(frozen=True, slots=True)
class Stored:
    """The menu, and the users that were added."""

    menu: Mapping[str, Any] | None
    people: Sequence[Person] = ()

    @classmethod
    def load(cls, path: Path, url: str) -> "Stored":
        """What was saved, or else the first menu for the backend at `url`."""
        try:
            stored = json.loads(path.read_text())
            return cls(stored["menu"], tuple(Person(**each) for each in stored["people"]))
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            return cls(_first_menu(url))

    def save(self, path: Path) -> None:
        path.write_text(json.dumps({"menu": self.menu, "people": [asdict(p) for p in self.people]}))


def _first_menu(url: str) -> dict[str, Any]:
    """A button for the page that every account has, because no handler answers a button yet."""
    return {"button": [{"type": "view", "name": "我的资料", "url": urljoin(url, "/me")}]}

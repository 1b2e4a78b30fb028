"""What WeChat's side keeps between two runs of `make run`: the account's menu, and its users."""

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
        """As it was saved, else as an account begins whose backend is at `url`."""
        try:
            told = json.loads(path.read_text())
            return cls(told["menu"], tuple(Person(**each) for each in told["people"]))
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            return cls(_first_menu(url))

    def save(self, path: Path) -> None:
        path.write_text(json.dumps({"menu": self.menu, "people": [asdict(p) for p in self.people]}))


def _first_menu(url: str) -> dict[str, Any]:
    """The page that every account has, because handlers answer no button yet."""
    return {"button": [{"type": "view", "name": "我的资料", "url": urljoin(url, "/me")}]}

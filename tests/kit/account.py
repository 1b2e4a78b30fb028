"""An account: its users, its jobs, WeChat's API and its secrets."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.wechat.api_responses import ApiResponse
from tests.door import Door, LambdaContext
from tests.fakes import Request
from tests.kit.untold import Untold
from tests.kit.user import User
from tests.visitors import People
from tests.wechat_api import json_answer

_RULE = {
    **dict.fromkeys(["version", "id", "account", "region", "source", "detail-type"], ""),
    "resources": [],
    "detail": {},
}
"""What EventBridge tells a schedule."""


class Account:
    """The account's own backend, with AWS and WeChat in memory."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._people = People(door)
        self._untold = Untold()
        door.wechat.untold = self._untold.answer

    def user(self, openid: str = "oAlice", nickname: str = "小明") -> User:
        """A user; WeChat tells their `nickname` once they have allowed it."""
        return User(self._door, self._people, openid, nickname)

    def work(self, seconds: float = 0) -> None:
        """Does the jobs that wait, and those that are due within so many seconds."""
        self._door.work(seconds)
        if self._untold.wanted:
            pytest.fail(self._untold.wanted[0])

    def run(self, schedule: Callable[..., object]) -> None:
        """Runs a schedule of `app.py`, as its rule would."""
        now = datetime.fromtimestamp(self._door.clock.now, UTC)
        schedule({**_RULE, "time": f"{now:%Y-%m-%dT%H:%M:%SZ}"}, LambdaContext())

    def let_api_answer(self, path: str, **fields: Any) -> None:
        """What WeChat's API answers at `path` from now on; until then, that all is well.

        An `errcode` other than 0 refuses the call. `work` fails with what to write if a handler
        needs more of an answer than a test has told.
        """
        self._door.wechat.answers[path] = json_answer(**fields)

    def let_api_send(self, path: str, content_type: str, file: bytes) -> None:
        """The same, a file instead of JSON."""
        self._door.wechat.answers[path] = ApiResponse(200, content_type, file)

    def api_calls(self, path: str) -> list[Request]:
        """The calls of WeChat's API at `path`; each has `query`, and `fields` of its JSON."""
        return self._door.wechat.requests(path)

    def put_secret(self, name: str, value: str) -> None:
        """Writes a secret, as `python -m ops secrets set` does: `own/model-key`, for example."""
        self._door.parameters.put(name, value)

    def counted(self, metric: str) -> float:
        """How often the log counted `metric`."""
        return self._door.counted(metric)

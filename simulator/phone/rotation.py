"""Rotates a secret as an operator does, in the order that loses no push.

    token, encoding-aes-key     SSM first, the platform eleven seconds later
    app-secret                  the platform first, because it makes the secret, then SSM
    cookie-key, ticket-key …    SSM only, because only the backend uses them

The backend reads secrets again at most every ten seconds. So after eleven it has those that the
console signs with.
"""

import asyncio
import base64
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from simulator.account import new_app_secret, new_encoding_aes_key
from simulator.console import Console

if TYPE_CHECKING:
    from .tables import Tables


BETWEEN = 11
"""Seconds after which the platform gets the value that SSM has."""


class _Secret(NamedTuple):
    make: Callable[[], str]
    in_console: str = ""
    console_first: bool = False


def _key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


SECRETS = {
    "token": _Secret(lambda: secrets.token_hex(16), "token"),
    "encoding-aes-key": _Secret(new_encoding_aes_key, "encoding_aes_key"),
    "app-secret": _Secret(new_app_secret, "app_secret", console_first=True),
    "cookie-key": _Secret(_key),
    "ticket-key": _Secret(_key),
    "refresh-token-key": _Secret(_key),
}


class Rotation:
    """One rotation at a time. `status` says how far it is."""

    def __init__(self, console: Console | None, changed: Callable[[], None]) -> None:
        self._console = console
        self._changed = changed
        self._task: asyncio.Task[None] | None = None
        self._status: dict[str, Any] = {"step": "none"}

    @property
    def runs(self) -> bool:
        return self._task is not None and not self._task.done()

    def status(self) -> dict[str, Any]:
        return {**self._status, "runs": self.runs, "names": list(SECRETS)}

    def start(self, name: str, tables: "Tables") -> None:
        """Rotates the secret `name`, unless a rotation runs."""
        if not self.runs:
            self._task = asyncio.create_task(self._rotate(name, tables))

    def stop(self) -> None:
        if self._task:
            self._task.cancel()

    async def _rotate(self, name: str, tables: "Tables") -> None:
        secret = SECRETS[name]
        value = secret.make()
        if secret.console_first:
            self._save(name, secret, value)
        try:
            version = await asyncio.to_thread(tables.put_secret, name, value)
        except Exception as error:  # noqa: BLE001 - whatever boto3 raises is shown
            self._tell(name, "failed", problem=type(error).__name__)
            return
        if secret.in_console and not secret.console_first:
            for left in range(BETWEEN, 0, -1):
                self._tell(name, "waiting", version=version, left=left)
                await asyncio.sleep(1)
            self._save(name, secret, value)
        self._tell(name, "done", version=version)

    def _save(self, name: str, secret: _Secret, value: str) -> None:
        if self._console:
            self._console.save(**{secret.in_console: value})
        self._tell(name, "saved")

    def _tell(self, name: str, step: str, **more: Any) -> None:
        self._status = {"name": name, "step": step, **more}
        self._changed()

"""The app id and the app secret, which WeChat's API requires.

WeChat's console creates the app secret, so it changes there first. We read it again when WeChat
refuses it, and use only the current version.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from ..ports import Unavailable
from ..wechat.errors import SecretRefused
from .refreshed import Refreshed
from .values import log_missing

T = TypeVar("T")

APP_ID = "app-id"
APP_SECRET = "app-secret"


@dataclass(frozen=True, slots=True)
class App:
    """The account's id and secret for WeChat's API."""

    app_id: str
    app_secret: str = field(repr=False)


class AppSecrets(Refreshed[App]):
    """The app id and the app secret, read from SSM."""

    def app(self) -> App:
        """The app id and secret in memory; reads them first if there are none or they are due.

        Raises Unavailable when a parameter is missing, or when no read has succeeded yet.
        """
        return self._current()

    def used(self, attempt: Callable[[App], T]) -> T:
        """Returns what `attempt` returns; if WeChat refuses the secret, reads it again and retries.

        Raises SecretRefused, whatever else `attempt` raises, or Unavailable.
        """
        app, generation = self.app(), self.generation
        try:
            return attempt(app)
        except SecretRefused:
            self.look_again(generation)
            changed = self.app()
            if changed == app:
                raise
            return attempt(changed)

    def _fetched(self, now: float) -> App:
        found = {each.name: each.value for each in self._parameters.read([APP_ID, APP_SECRET])}
        missing = [name for name in (APP_ID, APP_SECRET) if name not in found]
        for name in missing:
            log_missing(name)
        if missing:
            raise Unavailable("a parameter is missing")
        return App(found[APP_ID], found[APP_SECRET])

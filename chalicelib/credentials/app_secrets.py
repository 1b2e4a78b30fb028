"""The app id and the app secret, which WeChat's API asks for.

WeChat's console makes the app secret, so it changes there first: it is read again when WeChat
refuses it, and only the current one counts.
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
    """The account as WeChat's API knows it."""

    app_id: str
    app_secret: str = field(repr=False)


class AppSecrets(Refreshed[App]):
    """What WeChat's API asks for, as SSM has it."""

    def app(self) -> App:
        """The app id and secret in memory, read first if there are none or if it is time.

        Raises Unavailable when they have never been read and cannot be now, or are missing.
        """
        return self._current()

    def used(self, attempt: Callable[[App], T]) -> T:
        """What `attempt` returns, and once more with what SSM has by now if that was refused.

        Raises SecretRefused or what else `attempt` raises, or Unavailable.
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

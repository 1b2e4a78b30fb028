"""The app id and the app secret, which WeChat's API requires.

微信开发者平台 creates the app secret, so it changes there first. We read it again when WeChat
refuses it, and use only the current version.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from ..ports import Parameters, Unavailable
from ..wechat.errors import SecretRefused, TokenRefused
from .refreshed import Refreshed
from .values import log_missing

T = TypeVar("T")

APP_ID = "app-id"
APP_SECRET = "app-secret"


@dataclass(frozen=True, slots=True)
class App:
    """The account's id and secret for WeChat's API; an empty text while one is missing."""

    app_id: str
    app_secret: str = field(repr=False)

    @property
    def missing(self) -> str:
        """The first parameter that is missing; empty when there are both."""
        if not self.app_id:
            return APP_ID
        return "" if self.app_secret else APP_SECRET


class AppSecrets(Refreshed[App]):
    """The app id and the app secret, read from SSM."""

    def __init__(
        self, parameters: Parameters, stage: str, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__(parameters, clock)
        self._stage = stage

    def app(self) -> App:
        """The app id and secret in memory; reads them first if there are none or they are due.

        Raises TokenRefused while a parameter is missing, Unavailable when no read has succeeded.
        """
        generation = self.generation
        app = self._current()
        if app.missing and self.look_again(generation):
            app = self._current()
        if app.missing:
            command = f"python -m ops secrets set {app.missing} --stage {self._stage}"
            raise TokenRefused(0, f"the parameter {app.missing} is missing; run: {command}")
        return app

    def used(self, attempt: Callable[[App], T]) -> T:
        """Returns what `attempt` returns; if WeChat refuses the secret, reads it again and retries.

        Raises TokenRefused, whatever else `attempt` raises, or Unavailable.
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
        if missing and self._value:
            raise Unavailable("a parameter is missing")  # what was read before goes on
        return App(found.get(APP_ID, ""), found.get(APP_SECRET, ""))

"""The secrets that verify and decrypt pushes: token and encoding_aes_key, current and recent.

One call reads them all; more follow only after a change.
"""

import time
from collections.abc import Callable

from ..ports import Parameter, Parameters
from ..wechat.encryption import BadKey, EncodingAesKey
from ..wechat.envelopes import Credentials, Mode
from .app_secrets import APP_ID
from .history import Histories
from .refreshed import Refreshed
from .values import log_malformed, log_missing

TOKEN = "token"
ENCODING_AES_KEY = "encoding-aes-key"
GRACE = 24 * 3600
"""Seconds for which a value still counts after a new one replaced it."""


class PushSecrets(Refreshed[Credentials]):
    """The secrets that verify and decrypt pushes, read from SSM."""

    def __init__(
        self, parameters: Parameters, mode: Mode, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__(parameters, clock)
        graces = {TOKEN: GRACE, ENCODING_AES_KEY: GRACE, APP_ID: 0.0}
        self._histories = Histories(
            parameters, {TOKEN: GRACE} if mode is Mode.PLAINTEXT else graces
        )

    def credentials(self) -> Credentials:
        """The secrets in memory; reads them first if there are none or they are due.

        Raises Unavailable when no read has succeeded yet.
        """
        return self._current()

    def _fetched(self, now: float) -> Credentials:
        return _credentials(self._histories.read(now))


def _credentials(histories: dict[str, list[Parameter]]) -> Credentials:
    """The usable values in the histories; logs and skips what is missing or malformed."""
    for name, history in histories.items():
        if not any(each.value for each in history):
            log_missing(name)
    app_ids = [each.value for each in histories.get(APP_ID, []) if each.value]
    keys = [_key(each) for each in histories.get(ENCODING_AES_KEY, [])]
    return Credentials(
        app_id=app_ids[0] if app_ids else "",
        tokens=[each.value for each in histories[TOKEN] if each.value],
        keys=[key for key in keys if key and app_ids],
    )


def _key(parameter: Parameter) -> EncodingAesKey | None:
    try:
        return EncodingAesKey(parameter.value)
    except BadKey as error:
        log_malformed(parameter, str(error))
        return None

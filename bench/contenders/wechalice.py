"""The real doors, with secrets from memory and one route that repeats the text."""

import io
import os
from collections.abc import Sequence
from pathlib import Path

from chalice.app import Chalice

from bench import mounted
from bench.events import Fresh, LambdaContext
from chalicelib import bootstrap, log
from chalicelib.conditions import Item
from chalicelib.credentials.push_secrets import PushSecrets
from chalicelib.delivery.push import Pushes
from chalicelib.delivery.runner import HandlerRunner
from chalicelib.delivery.verifier import PushVerifier
from chalicelib.ports import Parameter, Queues, Write
from chalicelib.router import Context, Router, Routes
from chalicelib.users.effects import Effects
from chalicelib.users.profiles import Profiles
from chalicelib.wechat.messages import TextMessage
from chalicelib.wechat.replies import Reply, Text
from simulator.account import Account

router = Router("bench")


@router.on(TextMessage, idempotent=True)
def echo(message: TextMessage, ctx: Context) -> Reply:
    return Text(message.content)


def handler(account: Account) -> Chalice:
    secrets = PushSecrets(KnownParameters(account), account.mode)
    effects = Effects(Profiles(Unneeded()), proven=True)
    unneeded = Unneeded()
    runner = HandlerRunner(Routes(router), unneeded, effects.profile, no_secret)
    queues = Queues(unneeded, unneeded)
    pushes = Pushes(PushVerifier(account.mode, secrets), runner, unneeded, queues, effects)
    vars(bootstrap)["pushes"] = lambda: pushes
    _check_that_it_logs(account)
    # A file, because a line that stays in memory would cost less than a line does on Lambda.
    log.configure("bench", Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
    return mounted.app


def _check_that_it_logs(account: Account) -> None:
    lines = io.StringIO()
    log.configure("bench", lines)
    mounted.app(Fresh.make(account).event(), LambdaContext())
    if lines.getvalue().count("\n") != 1:
        raise AssertionError(f"a push writes one line to the log, not {lines.getvalue()!r}")


class KnownParameters:
    """Secrets in memory, without AWS, that never change."""

    def __init__(self, account: Account) -> None:
        self._values = {
            "app-id": account.app_id,
            "token": account.token,
            "encoding-aes-key": account.encoding_aes_key,
        }

    def read(self, names: Sequence[str]) -> list[Parameter]:
        return [Parameter(name, 1, 0.0, self._values[name]) for name in names]


def no_secret(name: str) -> str:
    raise AssertionError(f"an echo needs no secret, and not {name}")


NO_CALL = "an idempotent route made an AWS call"


class Unneeded:
    """The tables and the queues, none of which an idempotent route uses."""

    def get(self, key: str) -> Item | None:
        raise AssertionError(NO_CALL)

    def write(self, *writes: Write) -> Item:
        raise AssertionError(NO_CALL)

    def openid_of(self, user_id: str) -> str | None:
        raise AssertionError(NO_CALL)

    def send(self, body: str, group: str, deduplication: str) -> None:
        raise AssertionError(NO_CALL)

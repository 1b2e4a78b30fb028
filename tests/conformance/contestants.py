"""Starts each backend that is compared, and runs the checks against it."""

import importlib.metadata
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import chalicelib
from conformance import checks  # noqa: F401 - registers them
from conformance.account import Account, Mode
from conformance.api import serving
from conformance.backend import Backend, Options
from conformance.check import CHECKS
from conformance.delivery import Wire
from conformance.run import Result, run
from local import ports
from tests.conformance.running import new_account
from tests.patience import eventually

MODULES = "tests.conformance.contenders"
SAID = Options(echo=True, counter="count", raises="raise", slow="slow", long="long")


@dataclass(frozen=True, slots=True)
class Contestant:
    """A backend by the name that readers know; `left` are checks that it leaves to its user."""

    name: str
    module: str
    packages: tuple[str, ...]
    mode: Mode = Mode.SAFE
    left: frozenset[str] = field(default_factory=frozenset)

    @property
    def version(self) -> str:
        """The versions of its packages."""
        if not self.packages:
            return chalicelib.__version__
        return ", ".join(f"{each} {importlib.metadata.version(each)}" for each in self.packages)


_APPLICATION = frozenset(
    {
        "verification-is-not-a-page",
        "verification-refuses-a-parameter-twice",
        "a-signature-given-twice-is-refused",
        "a-handler-that-fails-is-no-error",
        "a-long-answer-is-not-lost",
        "text-very-long-is-taken",
        "a-huge-body-is-refused",
        *(each.name for each in CHECKS.values() if each.group == "redeliveries"),
    }
)
"""What a library of functions leaves to the application around it."""

CONTESTANTS = (
    Contestant("wechalice", "wechalice", ()),
    Contestant("wechatpy on Flask", "wechatpy_flask", ("wechatpy", "flask"), left=_APPLICATION),
    Contestant("WeRoBot on Flask", "werobot_flask", ("werobot", "flask")),
    Contestant(
        "Chalice by hand",
        "chalice_by_hand",
        ("chalice", "xmltodict"),
        Mode.PLAINTEXT,
        frozenset(CHECKS),
    ),
)


def compared(contestant: Contestant) -> list[Result]:
    """What the checks see of it."""
    account = new_account()
    with ExitStack() as stack:
        if contestant.module != "wechalice":
            url = stack.enter_context(_running(contestant.module, account))
            wire = Wire(f"{url}/wechat", 5.0)
            peer = Account(account.app_id, account.token, account.encoding_aes_key, contestant.mode)
            return run(CHECKS.values(), Backend(peer, wire, SAID))
        folder = stack.enter_context(TemporaryDirectory())
        return run(CHECKS.values(), stack.enter_context(_wechalice(account, Path(folder))))


@contextmanager
def _wechalice(account: Account, folder: Path) -> Iterator[Backend]:
    """It offers all that the checks ask for."""
    safe, compatible, plaintext, aws, api_port = (ports.free() for _ in range(5))
    here = f"http://127.0.0.1:{safe}"
    rotates = f"{sys.executable} -m {MODULES}.wechalice rotate {aws}"
    options = Options(
        **{name: getattr(SAID, name) for name in ("echo", "counter", "raises", "slow", "long")},
        many="many",
        on_rotate=rotates,
        compatible_url=f"http://127.0.0.1:{compatible}/wechat",
        plaintext_url=f"http://127.0.0.1:{plaintext}/wechat",
        oauth_url=f"{here}/oauth/authorize",
    )
    own = [str(each) for each in (compatible, plaintext, aws, api_port)]
    with (
        serving("127.0.0.1", api_port) as api,
        _running("wechalice", account, *own, str(folder), port=safe),
    ):
        yield Backend(account, Wire(f"{here}/wechat", 5.0), options, api)


@contextmanager
def _running(
    module: str, account: Account, *arguments: str, port: int | None = None
) -> Iterator[str]:
    """The address of a backend in a process of its own."""
    port = port or ports.free()
    command = [sys.executable, "-m", f"{MODULES}.{module}", str(port), *arguments]
    environment = {**os.environ, **_secrets(account)}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        try:
            if module == "wechalice":
                assert process.stdout
                assert process.stdout.readline() == b"ready\n"
            assert eventually(lambda: ports.answers(port))
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _secrets(account: Account) -> Mapping[str, str]:
    return {
        "WECHAT_APP_ID": account.app_id,
        "WECHAT_TOKEN": account.token,
        "WECHAT_ENCODING_AES_KEY": account.encoding_aes_key,
    }

"""Runs the checks against the reference backend, whole or broken in one way."""

import base64
import secrets
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

from conformance import checks  # noqa: F401 - registers them
from conformance.account import Account, Mode
from conformance.api import serving as serving_api
from conformance.backend import Backend, Options
from conformance.check import CHECKS, Check
from conformance.delivery import Wire
from conformance.run import Word, run
from local import ports
from tests.conformance.reference import Reference
from tests.conformance.reference_server import serving

ROTATE = Path(__file__).with_name("rotate.py")
PATIENCE = 2.0
"""Seconds after which WeChat hangs up here, so that proofs take no minutes."""
MODES = {"/safe": Mode.SAFE, "/compatible": Mode.COMPATIBLE, "/plaintext": Mode.PLAINTEXT}


def new_account() -> Account:
    """An account with secrets of its own."""
    key = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
    return Account("wx0123456789abcdef", secrets.token_hex(16), key)


def failures(broken: str, chosen: Iterable[Check] | None = None) -> dict[str, str]:
    """The checks that the reference backend fails when it is broken so, and what they saw."""
    account, port = new_account(), ports.free()
    with ExitStack() as stack:
        api = stack.enter_context(serving_api("127.0.0.1", port))
        reference = Reference(account, f"http://127.0.0.1:{port}", broken)
        url = stack.enter_context(serving(reference, MODES))
        options = Options(
            echo=True,
            counter="count",
            raises="raise",
            slow="slow",
            many="many",
            long="long",
            compatible_url=f"{url}/compatible",
            plaintext_url=f"{url}/plaintext",
            oauth_url=f"{url}/start",
            on_rotate=f"{sys.executable} -S {ROTATE} {url}",
        )
        backend = Backend(account, Wire(f"{url}/safe", PATIENCE), options, api, late=PATIENCE * 4)
        results = run(CHECKS.values() if chosen is None else chosen, backend, beside=16)
    return {each.check.name: each.seen for each in results if each.word is Word.FAILED}

"""Token and EncodingAESKey change while pushes come in.

WeChat signs with the old ones until the console has saved the new ones, and pushes that are under
way keep theirs. WeChat advises to keep the previous EncodingAESKey:
https://developers.weixin.qq.com/doc/service/guide/dev/push/encryption.html
"""

import base64
import os
import secrets
import shlex
import subprocess
import time
from dataclasses import replace

from .. import pushes
from ..account import Account
from ..backend import Backend, Failed
from ..check import check
from ..delivery import Fault, sealed, signed
from ..pushes import Push


def _told(backend: Backend, account: Account) -> None:
    """Tells the backend of new secrets. Raises Failed."""
    environment = {
        **os.environ,
        "WECHAT_TOKEN": account.token,
        "WECHAT_ENCODING_AES_KEY": account.encoding_aes_key,
    }
    command = shlex.split(backend.options.on_rotate or "")
    done = subprocess.run(command, env=environment, capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        raise Failed(f"--on-rotate ended with {done.returncode}: {done.stderr[-200:]!r}")


def _saved(backend: Backend, account: Account) -> float:
    """Has the console save new secrets, which it tries again; the seconds that took."""
    began = time.monotonic()

    def verified() -> bool:
        answer = backend.wire.get({**signed(account), "echostr": "1234567890"})
        return answer.body == b"1234567890"

    if not backend.eventually(verified):
        raise Failed(f"the new token was refused for {backend.late:.0f} s")
    return time.monotonic() - began


def _answered(backend: Backend, account: Account, when: str) -> None:
    push = Push(pushes.openid(), pushes.text(backend.options.ask))
    try:
        backend.wire.deliver(account, sealed(account, push))
    except Fault as fault:
        raise Failed(f"{when}: {fault}") from None


def _changes(backend: Backend, new: Account) -> str:
    """Pushes with the old values and the new ones, before, while and after the console saves."""
    old = backend.account
    _answered(backend, old, "before")
    _told(backend, new)
    try:
        for _ in range(3):
            _answered(backend, old, "with the old value, after the backend was told")
        seconds = _saved(backend, new)
        _answered(backend, new, "with the new value")
        _answered(backend, old, "with the old value, after one with the new value")
        _answered(backend, new, "with the new value again")
    finally:
        _told(backend, old)
    _answered(backend, old, "after it was changed back")
    return f"eight pushes, none refused; the new token counted after {seconds:.1f} s"


@check("on_rotate", alone=True)
def no_push_is_lost_while_the_token_changes(backend: Backend) -> str:
    """Pushes signed with the old token and with the new one are answered while it changes.

    The console refuses a token that the backend does not know, so both must count for a while.
    """
    return _changes(backend, replace(backend.account, token=secrets.token_hex(16)))


@check("on_rotate", "encrypted", alone=True)
def no_push_is_lost_while_the_key_changes(backend: Backend) -> str:
    """Pushes encrypted with the old EncodingAESKey and with the new one are answered.

    A reply has to be encrypted with the key that fitted.
    """
    key = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
    token = secrets.token_hex(16)
    return _changes(backend, replace(backend.account, token=token, encoding_aes_key=key))


@check("on_rotate", alone=True)
def the_console_can_save_a_new_token(backend: Backend) -> str:
    """A verification with a new token is answered soon after the backend was told of it.

    WeChat's console saves a new token only then.
    """
    new = replace(backend.account, token=secrets.token_hex(16))
    _told(backend, new)
    try:
        return f"it counted after {_saved(backend, new):.1f} s"
    finally:
        _told(backend, backend.account)

"""The account of this machine: 微信开发者平台 and SSM hold the same secrets.

The keys with which the backend signs and encrypts for itself are in SSM only.
"""

import base64
import secrets
import string
from collections.abc import Mapping
from pathlib import Path

import boto3

from simulator.account import Account

from .environment import STAGE

PARAMETER_PATH = f"/wechalice/{STAGE}"

_KEYS = ("cookie-key", "ticket-key", "refresh-token-key")
_ALPHANUMERIC = string.ascii_letters + string.digits


def share(console: Path) -> None:
    """Puts the secrets of the account in `console`, and keys, into SSM where they are missing.

    What is there stays, because somebody may have changed it on purpose. But an account that is
    made here, on the first run, replaces what an earlier one left.
    """
    if console.exists():
        _put_missing(_secrets(Account.load(console)))
    else:
        account = Account.new()
        _put(_secrets(account))
        account.save(console)
    _put_missing(_keys())


def _keys() -> dict[str, str]:
    """New keys, and the code with which WeChat would verify the account's domain."""
    keys = {f"{PARAMETER_PATH}/{name}": _key() for name in _KEYS}
    code = "".join(secrets.choice(_ALPHANUMERIC) for _ in range(16))
    return {**keys, f"{PARAMETER_PATH}/domain-verification": code}


def _key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def _secrets(account: Account) -> dict[str, str]:
    return {
        f"{PARAMETER_PATH}/app-id": account.app_id,
        f"{PARAMETER_PATH}/app-secret": account.app_secret,
        f"{PARAMETER_PATH}/token": account.token,
        f"{PARAMETER_PATH}/encoding-aes-key": account.encoding_aes_key,
    }


def _put_missing(values: Mapping[str, str]) -> None:
    known = boto3.client("ssm").get_parameters(Names=list(values))["Parameters"]
    present = {parameter["Name"] for parameter in known}
    _put({name: value for name, value in values.items() if name not in present})


def _put(values: Mapping[str, str]) -> None:
    ssm = boto3.client("ssm")
    for name, value in values.items():
        ssm.put_parameter(Name=name, Value=value, Type="SecureString", Overwrite=True)

"""WeChat's API of the account, for the operator's commands.

    command ──> wechat_caller of the stage ──> WeChat

WeChat takes calls from the addresses on the account's IP whitelist alone, and the operator's
machine need not be there. It calls WeChat itself only where there is no such function: before the
first deploy, and in front of a stand-in for WeChat.
"""

import io
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from chalicelib import log
from chalicelib.adapters.ssm import SsmParameters
from chalicelib.adapters.wechat_http import HttpTransport
from chalicelib.api.account_calls import AccountCall, AccountCalls, DirectCalls
from chalicelib.api.caller_protocol import ask
from chalicelib.api.client import Api
from chalicelib.api.remote import RemoteCalls
from chalicelib.credentials.app_secrets import APP_ID, APP_SECRET, AppSecrets
from chalicelib.wechat.api_responses import ApiResponse
from chalicelib.wechat.errors import OperatorMustAct, TokenRefused

from . import fixed_exit, local_run, secret_store
from .crashes import ENDED
from .errors import EXPECTED, Failed, refused_as
from .region import region
from .target import CALLER, Target

_NOT_WHITELISTED = 40164
_ONCE = Config(retries={"total_max_attempts": 1})
"""Because nobody knows whether a call to WeChat without an answer was done."""


class Dead(Failed):
    """The stage's function ended without an answer, as all of them do if it cannot be loaded.

    `told` says that and why, and `log` is what prints more.
    """

    def __init__(self, name: str, why: str) -> None:
        self.told = f"{name} {ENDED}{why}"
        self.log = f"aws logs tail /aws/lambda/{name}"
        super().__init__(f"{self.told}. Its log says more: {self.log}")


class RefusedHere(TokenRefused):
    """WeChat does not know this machine's address, which is not the stage's."""


def api(target: Target) -> Api:
    """The API of the stage's account; its calls raise what is `EXPECTED`, too. Raises Failed."""
    return Api(_calls(target))


def check_secret(target: Target) -> None:
    """Lets WeChat check the stage's app secret of now. Raises what is `EXPECTED`."""
    _calls(target).check_secret()


def dead(target: Target) -> Dead | None:
    """How the function ended by which commands call WeChat, if it answers nothing."""
    try:
        api(target)
    except Dead as error:
        return error
    except EXPECTED:
        return None  # the calls tell
    return None


def refuse_dead(target: Target) -> None:
    """Sees that the code which all functions share can be loaded. Raises Dead."""
    try:
        ask(_Caller(target.function(CALLER)), "app_id")
    except Dead:
        raise
    except EXPECTED:
        return  # it answers something, or whoever deploys may not call it


def _calls(target: Target) -> AccountCalls:
    log.configure(target.stage, io.StringIO())  # commands show errors themselves
    caller = _Caller(target.function(CALLER))
    stand_in = local_run.addresses(target.project) or os.environ.get("WECHAT_API_URL")
    if not stand_in and caller.is_deployed():
        return RemoteCalls(caller)
    transport, app_secrets = HttpTransport(target.settings.wechat_api_url), _app_secrets(target)
    if stand_in or fixed_exit.is_proxied(target):
        return DirectCalls(transport, app_secrets)
    return _CallsFromHere(transport, app_secrets)


@dataclass(frozen=True, slots=True)
class _Caller:
    """The stage's function `name`; see `ports.Function`."""

    name: str

    def is_deployed(self) -> bool:
        """Whether there is one; asks the function itself, which needs no other permission."""
        try:
            ask(self, "app_id")
        except ClientError as error:
            if refused_as(error, "ResourceNotFoundException"):
                return False
            raise
        return True

    def invoke(self, asked: Mapping[str, Any], *, reads: bool = False) -> Mapping[str, Any]:
        """Its answer. Raises Failed."""
        lambda_ = boto3.client("lambda", config=_ONCE)
        called = lambda_.invoke(FunctionName=self.name, Payload=json.dumps(asked))
        answer: Mapping[str, Any] = json.load(called["Payload"])
        if called.get("FunctionError"):
            raise Dead(self.name, _why(answer))
        return answer


def _why(error: Mapping[str, Any]) -> str:
    """Lambda's own words name no user; those of an exception may."""
    is_of_lambda = str(error.get("errorType")).startswith(("Runtime.", "Sandbox."))
    return f": {error['errorMessage']}" if is_of_lambda else ""


class _CallsFromHere(DirectCalls):
    """The calls from this machine, before the stage has a function that makes them."""

    def make(self, call: AccountCall) -> ApiResponse:
        with _refused_here():
            return super().make(call)

    def check_secret(self) -> None:
        with _refused_here():
            super().check_secret()


@contextmanager
def _refused_here() -> Iterator[None]:
    try:
        yield
    except OperatorMustAct as error:
        if error.errcode != _NOT_WHITELISTED:
            raise
        raise RefusedHere(
            error.errcode,
            "deploy first, because from then on the stage calls WeChat, and not this machine; "
            f"or {error}",
        ) from None


def _app_secrets(target: Target) -> AppSecrets:
    there = secret_store.values(target)
    for name in (APP_ID, APP_SECRET):
        if name not in there:
            raise Failed(
                f"WeChat's API needs the parameter {name}, which is missing in {region()}: "
                f"python -m ops secrets set {name} --stage {target.stage}"
            )
    app_secrets = AppSecrets(SsmParameters(target.settings.parameter_path), target.stage)
    app_secrets.load()
    return app_secrets

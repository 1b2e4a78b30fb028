"""The account's API at WeChat, as the worker calls it, from where the operator is."""

import io

from chalicelib import log
from chalicelib.adapters.ssm import SsmParameters
from chalicelib.adapters.wechat_http import HttpTransport
from chalicelib.api import Api
from chalicelib.secrets import AppSecrets

from .target import Target


def api(target: Target) -> Api:
    """The API of the stage's account; its calls raise ApiError, or Unavailable."""
    log.configure(target.stage, io.StringIO())  # what goes wrong is told by commands instead
    secrets = AppSecrets(SsmParameters(target.settings.parameter_path))
    secrets.load()
    return Api(HttpTransport(target.settings.wechat_api_url), secrets)

"""WeChat's API of the account, called from the operator's machine as the worker calls it."""

import io

from chalicelib import log
from chalicelib.adapters.ssm import SsmParameters
from chalicelib.adapters.wechat_http import HttpTransport
from chalicelib.api.account_calls import DirectCalls
from chalicelib.api.client import Api
from chalicelib.credentials.app_secrets import APP_ID, APP_SECRET, AppSecrets

from . import secret_store
from .errors import Failed
from .region import region
from .target import Target


def api(target: Target) -> Api:
    """The API of the stage's account; its calls raise ApiError, or Unavailable. Raises Failed."""
    there = secret_store.values(target)
    for name in (APP_ID, APP_SECRET):
        if name not in there:
            raise Failed(
                f"WeChat's API needs the parameter {name}, which is missing in {region()}: "
                f"python -m ops secrets set {name} --stage {target.stage}"
            )
    log.configure(target.stage, io.StringIO())  # commands show errors themselves
    app_secrets = AppSecrets(SsmParameters(target.settings.parameter_path), target.stage)
    app_secrets.load()
    return Api(DirectCalls(HttpTransport(target.settings.wechat_api_url), app_secrets))

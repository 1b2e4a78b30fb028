"""The account's API at WeChat, as the worker calls it, from where the operator is."""

import io

from chalicelib import log
from chalicelib.adapters.ssm import SsmParameters
from chalicelib.adapters.wechat_http import HttpTransport
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
                f"WeChat cannot be asked without the parameter {name}, missing in {region()}: "
                f"python -m ops secrets set {name} --stage {target.stage}"
            )
    log.configure(target.stage, io.StringIO())  # what goes wrong is told by commands instead
    app_secrets = AppSecrets(SsmParameters(target.settings.parameter_path))
    app_secrets.load()
    return Api(HttpTransport(target.settings.wechat_api_url), app_secrets)

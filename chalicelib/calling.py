"""Builds what calls WeChat for processes that are not at the fixed exit: see `api/caller.py`."""

from .adapters.ssm import SsmParameters
from .adapters.wechat_http import HttpTransport
from .api.account_calls import DirectCalls
from .api.caller import Caller
from .api.oauth_api import OAuthApi
from .config import Config
from .credentials.app_secrets import AppSecrets

OAUTH_TIMEOUTS = (1.5, 3.0)
"""Seconds to connect and to wait; short, because a door waits, which answers pushes, too."""


def caller(settings: Config) -> Caller:
    """What makes the calls, in this process."""
    secrets = AppSecrets(SsmParameters(settings.parameter_path), settings.stage)
    if settings.lambda_handler:
        secrets.load()
    calls = DirectCalls(HttpTransport(settings.wechat_api_url), secrets)
    return Caller(OAuthApi(HttpTransport(settings.wechat_api_url, OAUTH_TIMEOUTS), secrets), calls)

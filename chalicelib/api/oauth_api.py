"""The calls of web authorization, which carry a user's token instead of the account's."""

from collections.abc import Mapping
from typing import Any, Protocol

from .. import log
from ..credentials.app_secrets import App, AppSecrets
from ..ports import Transport
from ..wechat.authorization import Grant, SnsUserInfo
from ..wechat.errors import Call, SecretRefused, TokenRejected, api_error

LONG = 2.5
"""Seconds after which WeChat has taken long."""


class OAuthCalls(Protocol):
    """WeChat's `sns/` calls for one account. All raise ApiError, or Unavailable."""

    def app_id(self) -> str:
        """The account's app id."""

    def exchange(self, code: str) -> Grant:
        """Exchanges a code for a grant. Raises Repeated if the code was used or has expired."""

    def refresh(self, refresh_token: str) -> Grant:
        """Exchanges a refresh token for a grant. Raises AuthorizeAgain when it has ended."""

    def userinfo(self, access_token: str, openid: str) -> SnsUserInfo:
        """The profile that the user shows. Raises TokenRejected when the token has ended."""


class OAuthApi:
    """These calls, made with the app secret; see `OAuthCalls`."""

    def __init__(self, transport: Transport, app_secrets: AppSecrets) -> None:
        self._transport = transport
        self._secrets = app_secrets

    def app_id(self) -> str:
        return self._secrets.app().app_id

    @log.telling_operators()
    def exchange(self, code: str) -> Grant:
        def attempt(app: App) -> dict[str, Any]:
            query = {
                "appid": app.app_id,
                "secret": app.app_secret,
                "code": code,
                "grant_type": "authorization_code",
            }
            try:
                return self._get("/sns/oauth2/access_token", query)
            except TokenRejected as error:
                # There is no token yet in this call, so 40001 means the secret.
                raise SecretRefused(error.errcode, str(api_error(40125, ""))) from None

        return Grant.read(self._secrets.used(attempt))

    @log.telling_operators()
    def refresh(self, refresh_token: str) -> Grant:
        query = {
            "appid": self.app_id(),
            "grant_type": "refresh_token",
            "refresh_token": refresh_token,
        }
        return Grant.read(self._get("/sns/oauth2/refresh_token", query))

    @log.telling_operators()
    def userinfo(self, access_token: str, openid: str) -> SnsUserInfo:
        query = {"access_token": access_token, "openid": openid, "lang": "zh_CN"}
        return SnsUserInfo.read(self._get("/sns/userinfo", query))

    def _get(self, path: str, query: Mapping[str, str]) -> dict[str, Any]:
        return self._transport.request("GET", path, query).read(Call.TOKEN)

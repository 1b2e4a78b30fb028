"""Calls WeChat for functions that are not at the fixed exit: what the function wechat_caller does.

    page, schedule, operator ──> wechat_caller ──> WeChat
                                 app secret, access token, fixed exit

WeChat takes calls from the addresses on the account's IP whitelist alone. So pages, schedules
and the operator's commands hold neither the app secret nor a token, and ask for each call here.

A door that signs a visitor in also answers pushes, so visitors must not hold it for long. How long
WeChat takes is known here alone: what a door waits for may be a cold start of this function.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from .. import log
from ..ports import Unavailable
from ..wechat.errors import ApiError, Call, TryLater
from .account_calls import AccountCall, AccountCalls
from .caller_protocol import described, packed, unpacked_body
from .oauth_api import LONG, OAuthCalls

_WHILE_A_VISITOR_WAITS = ("exchange", "userinfo")


class Caller:
    """Answers what other functions ask; see `ports.Function` and `caller_protocol`."""

    def __init__(
        self,
        oauth_api: OAuthCalls,
        account: AccountCalls,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._oauth_api = oauth_api
        self._account = account
        self._clock = clock

    def invoke(self, asked: Mapping[str, Any], *, reads: bool = False) -> Mapping[str, Any]:
        """Makes the call, and answers whatever happens: Lambda would log what is raised."""
        try:
            return {"answer": self._answer_in_time(asked)}
        except (ApiError, Unavailable) as error:
            return {"error": described(error)}
        except Exception as error:  # noqa: BLE001 - see above
            log.error("a call to WeChat failed", None, error)
            return {"error": described(Unavailable("wechat_caller failed; its log says why"))}

    def _answer_in_time(self, asked: Mapping[str, Any]) -> Any:
        began = self._clock()
        answer = self._answer(asked)
        if asked["call"] in _WHILE_A_VISITOR_WAITS and self._clock() - began > LONG:
            raise TryLater(0, "wait: WeChat answers slowly")
        return answer

    def _answer(self, asked: Mapping[str, Any]) -> Any:
        match asked:
            case {"call": "app_id"}:
                return self._oauth_api.app_id()
            case {"call": "exchange", "code": str(code)}:
                return asdict(self._oauth_api.exchange(code))
            case {"call": "refresh", "refresh_token": str(refresh_token)}:
                return asdict(self._oauth_api.refresh(refresh_token))
            case {"call": "userinfo", "access_token": str(access_token), "openid": str(openid)}:
                return asdict(self._oauth_api.userinfo(access_token, openid))
            case {"call": "request", "path": str(path)} if _is_path(path):
                return self._requested(path, asked)
            case {"call": "media", "media_id": str(media_id)}:
                return packed(self._account.media(media_id))
            case {"call": "check_secret"}:
                return self._account.check_secret()
            case {"call": "js_sdk_ticket"}:
                return asdict(self._account.js_sdk_ticket())
        raise Unavailable("wechat_caller does not know this call; deploy again")

    def _requested(self, path: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        response = self._account.make(
            AccountCall(
                asked["method"],
                path,
                asked["query"],
                unpacked_body(asked["body"]),
                Call[asked["for"]],
            )
        )
        return {
            "status": response.status,
            "content_type": response.content_type,
            "body": packed(response.body),
        }


def _is_path(path: str) -> bool:
    """Whether it is a path of WeChat's API: the access token goes nowhere else."""
    return path.startswith("/") and "://" not in path

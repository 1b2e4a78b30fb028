"""Calls WeChat's API over HTTP on keep-alive connections; makes each request once.

When no answer comes, the exception does not say whether the request had left: a reset may come
from a handshake, or from a server that has just done the call. So the body watches whether it is
read. A server waits for the announced body, so it has not done a call whose body was never begun.
A call without a body only reads, and may always be repeated.

An idle connection may be dead, because its server or a NAT gateway dropped it while the function
was frozen. Connections that are visibly closed are replaced before use. Others look alive, and
then a dead connection looks like a lost answer. So we close each connection that has been idle for
longer than servers and gateways are known to allow.
"""

import io
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from ..ports import Upload
from ..wechat.api_responses import ApiResponse
from ..wechat.errors import TryLater, Uncertain
from . import tls

# Its warnings quote URLs, which hold the access token.
logging.getLogger("urllib3").setLevel(logging.ERROR)

IDLE = 10
"""Seconds for which an idle connection is kept."""


class HttpTransport:
    """The API at `base_url`; `timeouts` in seconds, to connect and between received bytes."""

    def __init__(
        self,
        base_url: str,
        timeouts: tuple[float, float] = (3, 10),
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._timeouts = timeouts
        self._clock = clock
        self._used = float("-inf")
        self._session = _session()

    def request(
        self, method: str, path: str, query: Mapping[str, str], body: bytes | Upload | None = None
    ) -> ApiResponse:
        """See `ports.Transport`."""
        self._drop_idle_connections()
        request = self._prepared(method, path, query, body)
        watched = _Watched(request.body) if isinstance(request.body, bytes) else None
        request.body = watched
        try:
            response = self._session.send(request, timeout=self._timeouts, allow_redirects=False)
        except requests.RequestException as error:
            # Leave out the cause: its text quotes the URL, which holds the access token.
            raise _failure(error, request.url, watched) from None
        finally:
            self._used = self._clock()
        content_type = response.headers.get("Content-Type", "")
        return ApiResponse(response.status_code, content_type, response.content)

    def _prepared(
        self, method: str, path: str, query: Mapping[str, str], body: bytes | Upload | None
    ) -> requests.PreparedRequest:
        url = path if "://" in path else self._base_url + path
        if isinstance(body, Upload):
            files = {body.field: (body.name, body.content)}
            request = requests.Request(method, url, params=query, files=files, data=body.fields)
        else:
            headers = {"Content-Type": "application/json"} if body else {}
            request = requests.Request(method, url, headers, params=query, data=body)
        return self._session.prepare_request(request)

    def _drop_idle_connections(self) -> None:
        if self._clock() - self._used > IDLE:
            self._session.close()


class _Once(HTTPAdapter):
    """Makes each request once."""

    def __init__(self) -> None:
        super().__init__(max_retries=0)

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options, ssl_context=tls.context())


class _Watched(io.BytesIO):
    """A request's body that knows whether anybody began to read it for sending."""

    begun = False

    def read(self, size: int | None = -1) -> bytes:
        self.begun = True
        return super().read(size)


def _session() -> requests.Session:
    session = requests.Session()
    session.trust_env = False  # ignore proxies, .netrc and certificates of the environment
    once = _Once()
    session.mount("http://", once)
    session.mount("https://", once)
    return session


def _failure(error: requests.RequestException, url: str | None, body: _Watched | None) -> TryLater:
    kind = type(error).__name__
    if body and body.begun:
        return Uncertain(0, f"wait: WeChat did not answer ({kind})")
    to = urlsplit(url or "")  # whose query holds the access token
    where = f"{to.scheme}://{to.netloc.rpartition('@')[2]}"
    return TryLater(0, f"cannot reach WeChat at {where} ({kind}); wait, or check WECHAT_API_URL")

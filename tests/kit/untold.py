"""What WeChat's API answers where a test has told nothing: that all is well, and no more."""

from dataclasses import dataclass
from typing import Any

from chalicelib.wechat.api_responses import ApiResponse
from chalicelib.wechat.errors import Call
from tests.wechat_api import OK

_DOWNLOAD = "/cgi-bin/media/get"


class Untold:
    """These answers; `wanted` says what a test has to write, because a handler asked for more."""

    def __init__(self) -> None:
        self.wanted: list[str] = []

    def answer(self, path: str) -> ApiResponse:
        return _Answer(OK.status, OK.content_type, OK.body, path, self.wanted)


@dataclass(frozen=True)
class _Answer(ApiResponse):
    path: str
    wanted: list[str]

    def read(self, call: Call = Call.OTHER) -> dict[str, Any]:
        return _Fields(self.path, self.wanted)


class _Fields(dict[str, Any]):
    def __init__(self, path: str, wanted: list[str]) -> None:
        super().__init__(errcode=0, errmsg="ok")
        self._path = path
        self._wanted = wanted

    def __missing__(self, name: str) -> Any:
        if self._path == _DOWNLOAD:
            write = f'account.let_api_send("{_DOWNLOAD}", "image/jpeg", b"a picture")'
        else:
            write = f'account.let_api_answer("{self._path}", {name}=…)'
        self._wanted.append(f"the test does not say what WeChat answers; write {write}")
        raise AssertionError(self._wanted[-1])

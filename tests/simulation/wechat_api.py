"""WeChat's API, which takes customer service messages."""

import json
from collections.abc import Mapping
from typing import Any

from chalicelib.ports import Upload
from chalicelib.wechat.api_responses import ApiResponse
from chalicelib.wechat.errors import TryLater, Uncertain

from .kernel import Kernel, Process
from .marks import EARLIER, SENT, marks
from .story import Story
from .weather import Fate, Weather
from .wechat import WeChat

TIMEOUT = 10.0
"""Seconds for which the API's client waits."""
REFUSED = (45002, 40007)
GONE = (43004, 48002, 40003)
FORBIDDEN = 48001
UNKNOWN = 65_000
REJECTED_TOKEN = (40001, 40014, 42001)
BUSY = (-1, 45011, 45009, 40164)


class WeChatApi:
    """Implements `ports.Transport`."""

    def __init__(self, kernel: Kernel, weather: Weather, story: Story, wechat: WeChat) -> None:
        self._kernel = kernel
        self._weather = weather
        self._story = story
        self._wechat = wechat
        self._token = 1
        self._forbidden_until = 0.0

    def request(
        self, method: str, path: str, query: Mapping[str, str], body: bytes | Upload | None = None
    ) -> ApiResponse:
        assert method == "POST"
        assert isinstance(body, bytes)
        process = Process.current()
        fate = self._fate("api", process)
        self._kernel.sleep(self._weather.between(0.02, 0.1))
        if fate in (Fate.SLOW, Fate.STALLED):
            self._kernel.sleep(self._weather.between(0.5, 9))
        if fate is Fate.KILLED_BEFORE:
            self._story.tell(process.name, path, fate=fate)
            process.die()
        if fate is Fate.REFUSED:
            self._story.tell(process.name, path, fate=fate)
            raise TryLater(0, "out of reach")
        if fate in (Fate.HANGING, Fate.LATE):
            self._kernel.sleep(TIMEOUT)
            self._story.tell(process.name, path, fate=fate)
            raise Uncertain(0, "no answer")
        answer = self._done(path, query, json.loads(body), process)
        self._story.tell(process.name, path, answer, fate=fate)
        if fate is Fate.KILLED_AFTER:
            process.die()
        if fate is Fate.UNCONFIRMED:
            self._story.cut_off(process)
            self._kernel.sleep(self._weather.choice((0.0, TIMEOUT)))
            raise Uncertain(0, "no answer")
        self._kernel.sleep(self._weather.between(0.01, 0.05))
        return ApiResponse(200, "application/json", json.dumps(answer).encode())

    def _fate(self, place: str, process: Process) -> Fate:
        fate = self._weather.fate(place)
        if fate is not Fate.FINE:
            process.faults.add("api")
        return fate

    def _done(
        self, path: str, query: Mapping[str, str], body: Mapping[str, Any], process: Process
    ) -> dict[str, object]:
        if path == "/cgi-bin/stable_token":
            return {"access_token": str(self._token), "expires_in": 7200}
        if self._fate("api token", process) is not Fate.FINE:
            self._token += 1
        if query["access_token"] != str(self._token):
            return _error(self._weather.choice(REJECTED_TOKEN))
        if self._fate("api busy", process) is not Fate.FINE:
            return _error(self._weather.choice(BUSY))
        if path == "/cgi-bin/message/custom/send":
            return _error(self._sent(body, process))
        return _error(0)

    def _sent(self, body: Mapping[str, Any], process: Process) -> int:
        user, text = body["touser"], _text(body)
        if errcode := self._refuses(user, text, process):
            self._story.refused_for_good(process, user, text, gone=errcode in GONE)
            return errcode
        if errcode := self._not_now(user, process):
            self._story.refused_now(user)
            return errcode
        self._wechat.show(user, text, process)
        return 0

    def _refuses(self, user: str, text: str, process: Process) -> int:
        """Why WeChat will never take this message, nor another one if the user is gone."""
        if self._fate("api gone", process) is not Fate.FINE:
            self._wechat.gone[user] = self._weather.choice(GONE)
        if user in self._wechat.gone:
            return self._wechat.gone[user]
        if self._fate("api final", process) is not Fate.FINE:
            return self._weather.choice(REFUSED)
        if any(self._poisons(text)):
            process.faults.add("api")
            return UNKNOWN
        return 0

    def _poisons(self, text: str) -> list[bool]:
        pushes = self._wechat.pushes
        return [
            not (mark.push == EARLIER or SENT <= mark.push < 10 * SENT)
            and pushes[mark.push].poison == mark.part
            for mark in marks(text)
        ]

    def _not_now(self, user: str, process: Process) -> int:
        now, allowances = self._kernel.now, self._wechat.allowances[user]
        if self._fate("api forbidden", process) is not Fate.FINE:
            self._forbidden_until = now + self._weather.between(0, 60)
        if now < self._forbidden_until:
            return FORBIDDEN
        closing = self._fate("api closes", process)
        if closing is Fate.HANGING:
            allowances.close()
        elif closing is not Fate.FINE:
            allowances.use_up(now)
        return allowances.take(now)


def _text(body: Mapping[str, Any]) -> str:
    if body["msgtype"] == "msgmenu":
        return str(body["msgmenu"]["head_content"])
    return str(body["text"]["content"])


def _error(errcode: int) -> dict[str, object]:
    return {"errcode": errcode, "errmsg": "ok" if errcode == 0 else "error"}

"""WeChat: it delivers pushes until somebody answers, and takes customer service messages.

A connection is given up after five seconds, an error status is delivered again within one. What
comes over a connection that was given up is never shown.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chalicelib.ports import Upload
from chalicelib.wechat.api_responses import ApiResponse
from chalicelib.wechat.envelopes import PushResponse
from chalicelib.wechat.errors import TryLater, Uncertain

from .crowd import APOLOGY, Push, marks
from .kernel import Kernel, Process
from .story import Delivery, Shown, Story
from .weather import Fate, Weather

PATIENCE = 5.0
TIMEOUT = 10.0
"""Seconds for which the API's client waits."""
FINAL = (43004, 48002, 45002, 40003)
REJECTED_TOKEN = (40001, 40014, 42001)
BUSY = (-1, 45011, 45009, 40164)


@dataclass
class Window:
    """How long and how often messages may follow a push."""

    until: float
    left: int


class WeChat:
    """Both of its sides; `door` invokes the backend for a delivery that arrived."""

    def __init__(self, kernel: Kernel, weather: Weather, story: Story, pushes: list[Push]) -> None:
        self._kernel = kernel
        self._weather = weather
        self._story = story
        self._pushes = pushes
        self._windows: dict[str, list[Window]] = {push.user: [] for push in pushes}
        self._deliveries = weather.deliveries
        self._token = 1
        self.door: Callable[[Connection], None] = lambda _connection: None

    # --- Pushes -------------------------------------------------------------------------------

    def push(self, push: Push) -> None:
        """A user sends something."""
        kept = push.opened.push.reply_window
        if kept:
            window = Window(self._kernel.now + kept.seconds, kept.messages)
            self._windows[push.user].append(window)
        self._deliver(push, 1)

    def _deliver(self, push: Push, number: int) -> None:
        delivery = Delivery(push.number, number)
        connection = Connection(self, self._kernel, self._weather, push, delivery)
        self._story.deliveries.append(delivery)
        self._story.tell("wechat", f"sends {delivery.name}, {push.name}")
        self._kernel.after(PATIENCE, connection.hang_up)
        on_the_way = self._weather.between(0.005, 0.06)
        fate = self._weather.fate("request")
        if fate is Fate.SLOW:
            on_the_way = self._weather.between(0.3, 4)
        delivery.lost = fate is not Fate.FINE
        if fate is Fate.REFUSED:  # by the gateway
            self._kernel.after(on_the_way, connection.failed)
        elif fate is not Fate.HANGING:
            self._kernel.after(on_the_way, lambda: connection.open and self.door(connection))

    def again(self, push: Push, delivery: Delivery) -> None:
        """A delivery failed."""
        if delivery.number < self._deliveries:
            self._deliver(push, delivery.number + 1)
        else:
            self._story.faults_read.add(push.number)
            self._story.tell(push.user, "reads the fault text")

    def show(self, user: str, text: str, job: int | None, process: Process | None) -> list[Shown]:
        """A user reads a text."""
        self._story.tell(user, "reads", marks(text) or text[-60:])
        if APOLOGY in text:
            self._story.apologies.append((self._kernel.now, user))
        shown = [Shown(self._kernel.now, user, mark, job) for mark in marks(text)]
        self._story.shown += shown
        if process and shown:
            self._story.in_doubt[process] = shown
        return shown

    def took(self, push: Push, delivery: Delivery, response: PushResponse) -> None:
        delivery.taken = True
        self._story.tell("wechat", f"takes the answer to {delivery.name}")
        if response.content_type == "application/xml":
            self.show(push.user, response.body, None, None)

    # --- The API ------------------------------------------------------------------------------

    def request(
        self, method: str, path: str, query: Mapping[str, str], body: bytes | Upload | None = None
    ) -> ApiResponse:
        """See `ports.Transport`."""
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
            self._story.disturbed(process)
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
        self, path: str, query: Mapping[str, str], body: dict[str, str], process: Process
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
            return self._sent(body, process)
        return _error(0)

    def _sent(self, body: dict[str, str], process: Process) -> dict[str, object]:
        if self._fate("api final", process) is not Fate.FINE:
            return _error(self._weather.choice(FINAL))
        user = body["touser"]
        open_ = [each for each in self._windows[user] if each.until >= self._kernel.now]
        if not open_:
            return _error(45015)
        window = next((each for each in reversed(open_) if each.left), None)
        if window is None:
            return _error(45047)
        window.left -= 1
        text = json.loads(json.dumps(body["text"]))["content"]
        self.show(user, text, self._story.job_of(process), process)
        return _error(0)


def _error(errcode: int) -> dict[str, object]:
    return {"errcode": errcode, "errmsg": "ok" if errcode == 0 else "error"}


class Connection:
    """What WeChat waits on for an answer to a delivery."""

    def __init__(
        self, wechat: WeChat, kernel: Kernel, weather: Weather, push: Push, delivery: Delivery
    ) -> None:
        self._wechat = wechat
        self._kernel = kernel
        self._weather = weather
        self._push = push
        self.delivery = delivery
        self.open = True

    def answer(self, response: PushResponse) -> None:
        """The backend's answer leaves for WeChat."""
        fate = self._weather.fate("response")
        self.delivery.lost |= fate is not Fate.FINE
        if fate is Fate.FINE:
            self._kernel.after(self._weather.between(0.005, 0.06), lambda: self._take(response))
        elif fate is Fate.KILLED_BEFORE:
            self.failed()

    def die(self) -> None:
        """The process that should answer is dead, and the gateway says so."""
        self.delivery.killed = True
        self._kernel.after(self._weather.between(0.005, 0.06), self.failed)

    def hang_up(self) -> None:
        if self.open:
            self.open = False
            self._wechat.again(self._push, self.delivery)

    def failed(self) -> None:
        """An error status came: WeChat delivers again within a second."""
        if self.open:
            self.open = False
            soon = self._weather.between(0.1, 1)
            self._kernel.after(soon, lambda: self._wechat.again(self._push, self.delivery))

    def _take(self, response: PushResponse) -> None:
        if self.open:
            self.open = False
            self._wechat.took(self._push, self.delivery, response)

"""WeChat's side of users and pushes: it delivers each push until somebody answers.

A connection is given up after five seconds, an error status is delivered again within one. What
comes over a connection that was given up is never shown.
"""

from collections.abc import Callable

from chalicelib.wechat.envelopes import PushResponse

from .allowances import Allowances
from .crowd import Push
from .happenings import Delivery, Shown
from .kernel import Kernel, Process
from .marks import marks
from .story import Story
from .weather import Fate, Weather

PATIENCE = 5.0
UNFOLLOWED = 43004


class WeChat:
    """What users send and read; `door` invokes the backend for a delivery that arrived.

    `gone` has the users who take no messages, each with WeChat's errcode.
    """

    def __init__(self, kernel: Kernel, weather: Weather, story: Story, pushes: list[Push]) -> None:
        self._kernel = kernel
        self._weather = weather
        self._story = story
        self.pushes = pushes
        self.allowances = {push.user: Allowances(weather.adds_up) for push in pushes}
        self.gone: dict[str, int] = {}
        self._deliveries = weather.deliveries
        self.door: Callable[[Connection], None] = lambda _connection: None

    def push(self, push: Push) -> None:
        """A user sends something."""
        now, allowances = self._kernel.now, self.allowances[push.user]
        self.gone.pop(push.user, None)
        if push.kind == "unsubscribe":
            self.gone[push.user] = UNFOLLOWED
        if push.window:
            allowances.open(push.window, now)
        if self._weather.fate("others") is not Fate.FINE:
            later = now + self._weather.between(0, 5)
            self._kernel.at(later, lambda: allowances.use_up(self._kernel.now))
        self._deliver(push, 1)

    def _deliver(self, push: Push, number: int) -> None:
        delivery = Delivery(push.number, push.user, number)
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

    def show(self, user: str, text: str, process: Process | None) -> None:
        """A user reads a text, which `process` sent; None if it came over a connection."""
        self._story.tell(user, "reads", marks(text) or text[-60:])
        left = self.allowances[user].left(self._kernel.now)
        job = self._story.job_of(process) if process else None
        shown = [Shown(self._kernel.now, user, mark, job) for mark in marks(text)]
        self._story.read(process, user, text, shown, left)

    def took(self, push: Push, delivery: Delivery, response: PushResponse) -> None:
        delivery.taken = True
        self._story.tell("wechat", f"takes the answer to {delivery.name}")
        if response.content_type == "application/xml":
            self.show(push.user, response.body, None)


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

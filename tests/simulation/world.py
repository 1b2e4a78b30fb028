"""A run: one seed, one crowd, one weather, and the real code in between."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import pytest

from chalicelib import log
from chalicelib.api import access_token
from chalicelib.delivery import line
from chalicelib.delivery.jobs import Job
from tests.fake_queue import FakeQueue
from tests.fakes import FakeProfileTable, FakeTable

from .crowd import asks_for_more, crowd
from .functions import Functions
from .kernel import Kernel, Lock
from .lines import MOST_BYTES
from .marks import Mark, marks
from .past import Past
from .ports import Jobs, Network, NetworkedProfiles, NetworkedTable, Ports
from .story import Story
from .weather import Weather
from .wechat import WeChat
from .wechat_api import WeChatApi
from .workers import LONG_SECONDS

START = 1_700_000_000.0
ASKED = 5
"""How many more times than there are parts a user asks for the rest, before it is a problem."""


class World:
    """The world of one seed; `run` lets everything happen in it.

    It is `passive` from the start, or not; `switched` says that this changes. `left` has what waits
    for each user when all has `rested`, before they ask for it.
    """

    def __init__(self, seed: int, favoured: Sequence[str] = (), *, telling: bool = False) -> None:
        self.passive = seed % 2 == 1
        self.kernel = Kernel(START)
        self.weather = Weather(seed, favoured)
        self.switched = self.weather.switched_after is not None
        self.story = Story(self.kernel, START, telling)
        self.pushes = crowd(self.weather, START)
        self.users = list(dict.fromkeys(push.user for push in self.pushes))
        self.left: dict[str, list[Mark]] = {}
        self.rested = START
        self.table = FakeTable()
        self.profiles = FakeProfileTable()
        self.queue = FakeQueue(self.kernel)
        self.long_queue = FakeQueue(self.kernel, visibility=LONG_SECONDS)
        self._redriven = 0
        self._wechat = WeChat(self.kernel, self.weather, self.story, self.pushes)
        network = Network(self.kernel, self.weather, self.story)
        ports = Ports(
            NetworkedTable(self.table, network, self.story),
            NetworkedProfiles(self.profiles, network, self.story, "profiles"),
            Jobs(self.queue, network, self.story),
            Jobs(self.long_queue, network, self.story),
            WeChatApi(self.kernel, self.weather, self.story, self._wechat),
        )
        self._functions = Functions(
            self.kernel,
            self.weather,
            self.story,
            self.pushes,
            ports,
            passive=self.passive,
        )
        self._wechat.door = self._functions.delivered

    def run(self) -> None:
        self._leave_the_past()
        for push in self.pushes:
            self.story.numbers[push.identity] = push.number
            if not push.before:
                self.kernel.at(push.at, partial(self._wechat.push, push))
        if self.weather.switched_after is not None:
            self.kernel.after(self.weather.switched_after, self._functions.switch)
        with _told_to(self.story, self.kernel):
            self.kernel.run()
            if self.weather.chance(0.3):
                self._redrive()
                self.kernel.run()
            self._ask_for_the_rest()

    def _leave_the_past(self) -> None:
        past = Past(self.kernel, self.weather, self.story, self._wechat, self.queue)
        self.table.items.update(past.items(self.users, self.pushes))
        for user in self.users:
            if not self.passive and self.weather.chance(0.1):
                push, key, record = past.half_sent(len(self.pushes), user)
                self.table.items[key] = record
                self.pushes.append(push)
                past.queues(push)
                self._functions.poll()

    def _redrive(self) -> None:
        """An operator sends the dead letters again."""
        self.story.first_redriven = len(self.story.jobs)
        for queue in (self.queue, self.long_queue):
            for body in queue.dead:
                self._redriven += 1
                queue.send(body, Job.read(body).group, f"redriven {self._redriven}")
                self.story.queued(body)
            queue.dead.clear()
        self._functions.poll()

    def _ask_for_the_rest(self) -> None:
        """All is at rest, the weather is fine, and users who have something to read ask for it."""
        self.rested = self.kernel.now
        self.left = {user: self.waiting(user) for user in self.users}
        self.weather.calm()
        for user in self.users:
            for _ in range(len(self.left[user]) + ASKED):
                if not self.waiting(user):
                    break
                push = asks_for_more(len(self.pushes), user, self.kernel.now)
                self.pushes.append(push)
                self.story.numbers[push.identity] = push.number
                self._wechat.push(push)
                self.kernel.run()

    @property
    def dead(self) -> list[str]:
        """The dead letters of both queues."""
        return [*self.queue.dead, *self.long_queue.dead]

    def waiting(self, user: str) -> list[Mark]:
        """What is in a user's line, or in an outbox that nobody has emptied."""
        line_, outbox = (self.table.items.get(f"{kind}#{user}") for kind in ("waiting", "outbox"))
        found = []
        if outbox and outbox["expires"] > self.kernel.now:
            found += marks(str(outbox["waiting"]))
        if line_ and line_["expires"] > self.kernel.now:
            found += marks(str(line_["parts"]))
        return found


@contextmanager
def _told_to(story: Story, kernel: Kernel) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(log, "write", story.log)
        patch.setattr(line, "MOST_BYTES", MOST_BYTES)
        patch.setattr(access_token, "Lock", partial(Lock, kernel))
        patch.setattr(secrets, "token_hex", lambda _bytes: story.new_name())
        yield

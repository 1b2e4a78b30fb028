"""The ports as a process finds them in this weather: the fakes, behind a network.

Each call is a place where the process sleeps, and where the weather may strike: before the
effect, after it, or by letting the client wait in vain.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn, TypeVar

from chalicelib.conditions import Item
from chalicelib.ports import ConditionFailed, NewJob, Transport, Unavailable, Write
from tests.fake_queue import FakeJob, FakeQueue
from tests.fakes import FakeTable

from .kernel import Kernel, Killed, Process
from .story import Story
from .weather import Fate, Weather

T = TypeVar("T")

TIMEOUT = 1.5
"""Seconds for which a client waits, as adapters/aws.py has it."""
LATEST = 8.0
"""Seconds after which the network has surely forgotten a request."""


class Network:
    """What lies between a process and the world."""

    def __init__(self, kernel: Kernel, weather: Weather, story: Story) -> None:
        self._kernel = kernel
        self._weather = weather
        self._story = story

    def call(self, place: str, what: str, effect: Callable[[], T], *details: object) -> T:
        """Makes a call. Raises Unavailable, or ConditionFailed as `effect` does."""
        process = Process.current()
        fate = self._under_way(place, process)
        try:
            result = self._made(fate, process, effect)
        except (ConditionFailed, Unavailable, Killed) as error:
            self._story.tell(process.name, what, *details, type(error).__name__, fate=fate)
            raise
        self._story.tell(process.name, what, *details, result, fate=fate)
        return result

    def _under_way(self, place: str, process: Process) -> Fate:
        """Lets time pass until the call is made, and says what becomes of it."""
        fate = self._weather.fate(place)
        if fate is not Fate.FINE:
            process.faults.add(place)
        self._kernel.sleep(self._weather.between(0, 0.01))
        if fate is Fate.SLOW:
            self._wait(self._weather.between(0.1, 0.9), process)
        elif fate is Fate.STALLED:
            self._wait(self._weather.between(1, 9), process)
            return self._under_way(place, process)
        return fate

    def _made(self, fate: Fate, process: Process, effect: Callable[[], T]) -> T:
        match fate:
            case Fate.KILLED_BEFORE:
                process.die()
            case Fate.REFUSED:
                self._fail(process)
            case Fate.HANGING:
                self._wait(TIMEOUT, process)
                self._fail(process)
            case Fate.LATE:
                later = self._weather.between(0, LATEST)
                self._kernel.after(later, lambda: _unheard(effect))
                self._wait(TIMEOUT, process)
                self._fail(process)
        try:
            return effect()
        finally:
            self._kernel.sleep(self._weather.between(0, 0.01))
            if fate is Fate.UNCONFIRMED:
                self._fail(process)
            elif fate is Fate.KILLED_AFTER:
                process.die()

    def _fail(self, process: Process) -> NoReturn:
        process.lost = True
        self._story.call_failed(process)
        process.refused = self._kernel.now
        raise Unavailable

    def _wait(self, seconds: float, process: Process) -> None:
        process.delay += seconds
        self._kernel.sleep(seconds)


def _unheard(effect: Callable[[], object]) -> None:
    try:
        effect()
    except ConditionFailed:
        return


class NetworkedTable:
    """A table as a process reaches it; `place` names it in the weather."""

    def __init__(
        self, table: FakeTable, network: Network, story: Story, place: str = "table"
    ) -> None:
        self._table = table
        self._network = network
        self._story = story
        self._place = place

    def stored(self, key: str) -> Item | None:
        """What is there, for whoever looks on."""
        return self._table.items.get(key)

    def get(self, key: str) -> Item | None:
        process = Process.current()
        return self._network.call(self._place, "get", lambda: self._looked(process, key), key)

    def _looked(self, process: Process, key: str) -> Item | None:
        item = self._table.get(key)
        if key.startswith("push#"):
            self._story.looked(process, item or {})
        return item

    def write(self, *writes: Write) -> Item:
        process = Process.current()
        try:
            item = self._network.call(
                self._place, "write", lambda: self._written(process, writes), *writes
            )
        except ConditionFailed as refused:
            if any(self._story.changed.get(key, 0) > process.began for key in refused.found):
                process.faults.add("conflict")
            process.outpaced |= any(key.startswith("waiting#") for key in refused.found)
            raise
        self._story.confirmed(process, writes)
        return item

    def _written(self, process: Process, writes: tuple[Write, ...]) -> Item:
        before = {write.key: self._table.items.get(write.key) for write in writes}
        item = self._table.write(*writes)
        self._story.before |= before
        self._story.written(process, writes)
        return item


class NetworkedProfiles(NetworkedTable):
    """The profiles, of which nobody here looks one up by a user of a site."""

    def openid_of(self, user_id: str) -> str | None:
        raise NotImplementedError(user_id)


class Jobs:
    """The job queue as a process reaches it."""

    def __init__(self, queue: FakeQueue, network: Network, story: Story) -> None:
        self._network = network
        self._story = story
        self.queue = queue
        self.changed: Callable[[float], None] = lambda _seconds: None

    def send(self, body: str, group: str, deduplication: str) -> None:
        process = Process.current()
        self._network.call(
            "queue", "send job", lambda: self._sent(process, body, group, deduplication)
        )

    def _sent(self, process: Process, body: str, group: str, deduplication: str) -> str:
        before = len(self.queue)
        self.queue.send(body, group, deduplication)
        added = len(self.queue) > before
        if added:
            self._story.queued(body, process)
        self.changed(0)
        return "taken" if added else "dropped as a duplicate"

    def send_batch(self, jobs: Sequence[NewJob]) -> Sequence[NewJob]:
        process = Process.current()
        return self._network.call("queue", "send jobs", lambda: self._all_sent(process, jobs))

    def _all_sent(self, process: Process, jobs: Sequence[NewJob]) -> Sequence[NewJob]:
        for job in jobs:
            self._sent(process, *job)
        return []

    def given_out(self, job: FakeJob) -> "GivenOut":
        return GivenOut(self, job, job.body, job.tries)

    def hold(self, job: FakeJob, seconds: float) -> None:
        self._network.call("queue", "hold", lambda: self._held(job, seconds), f"{seconds} s")

    def _held(self, job: FakeJob, seconds: float) -> None:
        job.hold(seconds)
        self.changed(seconds)


@dataclass(frozen=True)
class Ports:
    """What the backend's processes reach."""

    table: NetworkedTable
    profiles: NetworkedProfiles
    jobs: Jobs
    long_jobs: Jobs
    transport: Transport


@dataclass(frozen=True)
class GivenOut:
    """A job as a process got it, which it holds through the network."""

    jobs: Jobs
    job: FakeJob
    body: str
    tries: int

    def hold(self, seconds: float) -> None:
        self.jobs.hold(self.job, seconds)

"""What we need from the world, in our words; `adapters/` implements it, tests have fakes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from .conditions import Condition, Item

if TYPE_CHECKING:
    from .wechat.api_responses import ApiResponse  # a type only: no push needs it


T = TypeVar("T")


class Unavailable(Exception):
    """A service did not answer in time, or failed; try again later."""


class Misconfigured(Unavailable):
    """A service refuses every such call until an operator acts: trying again at once is no use."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One version of a secret; `modified` is when it became current, in epoch seconds."""

    name: str
    version: int
    modified: float
    value: str = field(repr=False)


class Parameters(Protocol):
    """The secrets that operators set, by name; AWS keeps all their versions."""

    def read(self, names: Sequence[str]) -> list[Parameter]:
        """The current version of each name, or version N of `name:N`; unknown ones are left out.

        Raises Unavailable.
        """


@dataclass(frozen=True, slots=True)
class Write:
    """Attributes to set on the item under `key`, if `condition` holds for it.

    `defaults` are set only where there is no value yet; `removes` are removed; `adds` are added to
    the numbers that are there, or to 0.
    """

    key: str
    condition: Condition
    sets: Item
    defaults: Item = field(default_factory=dict)
    removes: Sequence[str] = ()
    adds: Mapping[str, float] = field(default_factory=dict)


class ConditionFailed(Exception):
    """Writes were refused; `found` has the items whose own condition failed, by key."""

    def __init__(self, found: Mapping[str, Item | None]) -> None:
        super().__init__("the condition does not hold")
        self.found = found


class Table(Protocol):
    """Items by key; every write is conditional, and an item stays until it `expires`."""

    def get(self, key: str) -> Item | None:
        """The item after its last write, None if there is none. Raises Unavailable."""

    def write(self, *writes: Write) -> Item:
        """Does all the writes or none; a single one returns the item afterwards, several nothing.

        Raises ConditionFailed, or Unavailable; after Unavailable the writes may be done or not.
        """


class ProfileTable(Table, Protocol):
    """Items by openid, with an index on the site's own `user_id`."""

    def openid_of(self, user_id: str) -> str | None:
        """The openid of the item with `user_id`; the index lags a moment. Raises Unavailable."""


class QueuedJob(Protocol):
    """A job that the queue gives out; `tries` counts how often it has (1 is the first)."""

    @property
    def body(self) -> str: ...
    @property
    def tries(self) -> int: ...

    def hold(self, seconds: float) -> None:
        """Hides the job from others for `seconds` from now on. Raises Unavailable."""


class Queue(Protocol):
    """Jobs in order, one at a time in each group.

    A job that is not done comes again when its hold ends. One that was given out too often is dead
    and moves to the dead-letter queue.
    """

    def send(self, body: str, group: str, deduplication: str) -> None:
        """Adds a job; drops it if one with the same `deduplication` came within five minutes.

        Raises Unavailable; then the job may be in the queue or not.
        """


class NewJob(NamedTuple):
    """A job to add; see `Queue.send`."""

    body: str
    group: str
    deduplication: str


class BatchQueue(Protocol):
    """A queue to which many jobs can be added at once."""

    def send_batch(self, jobs: Sequence[NewJob]) -> Sequence[NewJob]:
        """Adds up to ten jobs in one request, and returns those that it did not take.

        Raises Unavailable; then each of them may be in the queue or not.
        """


class Queues(NamedTuple):
    """The queue of the worker, and the one of the long worker."""

    jobs: Queue
    long: Queue


class Beside(Protocol):
    """Something that goes on beside a handler."""

    def stop(self, *, wait: bool) -> None:
        """Ends it; with `wait`, returns only when a call under way has ended."""


class Process(Protocol):
    """The process that does a job: what goes on beside its handler, and how it ends."""

    def run(self, action: Callable[[], T]) -> T:
        """Does what a handler does; an interruption may end it."""

    def interrupt(self, reason: BaseException) -> None:
        """Raises `reason` in what runs; does nothing if nothing runs."""

    def beside(self, call: Callable[[], float | None], after: float) -> Beside:
        """Makes a call after so many seconds, and again after as many as it returns, if any."""

    def end(self) -> None:
        """Ends the process at once; what was not written by then is lost."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file for the multipart field `field`, with texts in `fields` beside it."""

    field: str
    name: str
    content: bytes
    fields: Mapping[str, str] | None = None


class Function(Protocol):
    """Another function of ours, which is asked and answers in JSON objects."""

    def invoke(self, asked: Mapping[str, Any], *, reads: bool = False) -> Mapping[str, Any]:
        """Its answer; what only `reads` may be asked a second time.

        Raises Unavailable; then what was asked may be done or not.
        """


class Transport(Protocol):
    """A connection to WeChat's API, or to a proxy in front of it."""

    def request(
        self, method: str, path: str, query: Mapping[str, str], body: bytes | Upload | None = None
    ) -> "ApiResponse":
        """Makes one request, once; `body` is JSON or a file, `path` may be a whole URL.

        Raises TryLater when the call was certainly not done, Uncertain when it may have been.
        """

"""What we need from the world, in our words; `adapters/` fetches it, tests bring fakes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from .conditions import Condition, Item

if TYPE_CHECKING:
    from .wechat.api_responses import ApiResponse  # what no push needs is not imported for it


class Unavailable(Exception):
    """The world did not answer in time, or answered with a fault of its own; try again later."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One version of a secret; `modified` is when it became current, in epoch seconds."""

    name: str
    version: int
    modified: float
    value: str = field(repr=False)


class Parameters(Protocol):
    """The secrets that operators keep, by name; AWS keeps each of their versions."""

    def read(self, names: Sequence[str]) -> list[Parameter]:
        """The current version of each name, or version N of `name:N`; unknown ones are left out.

        Raises Unavailable.
        """


@dataclass(frozen=True, slots=True)
class Write:
    """Attributes to set on the item under `key`, if `condition` is true of it now.

    `defaults` are set where there is nothing yet, `removes` are taken away.
    """

    key: str
    condition: Condition
    sets: Item
    defaults: Item = field(default_factory=dict)
    removes: Sequence[str] = ()


class ConditionFailed(Exception):
    """Writes were refused; `found` has each item that failed its own condition, as it was."""

    def __init__(self, found: Mapping[str, Item | None]) -> None:
        super().__init__("the condition does not hold")
        self.found = found


class Table(Protocol):
    """Items by key, each write conditional; what is written stays as long as its `expires`."""

    def get(self, key: str) -> Item | None:
        """The item as the last write left it, None when there is none. Raises Unavailable."""

    def write(self, *writes: Write) -> Item:
        """Does all the writes or none, and returns the first item as it stands afterwards.

        Raises ConditionFailed, or Unavailable, after which the writes may be done or not.
        """


class ProfileTable(Table, Protocol):
    """Items by openid, which the site's own `user_id` finds, too."""

    def openid_of(self, user_id: str) -> str | None:
        """The openid of the item with that `user_id`, a moment late. Raises Unavailable."""


class QueuedJob(Protocol):
    """A job as the queue gives it out, for the `tries`-th time (1 is the first)."""

    @property
    def body(self) -> str: ...
    @property
    def tries(self) -> int: ...

    def hold(self, seconds: float) -> None:
        """Lets nobody else have it for so many seconds from now on. Raises Unavailable."""


class Queue(Protocol):
    """Jobs in order, one at a time in each group.

    A job that is not done comes again when its time is up; one that was given out often enough
    is dead, and moves to the dead-letter queue.
    """

    def send(self, body: str, group: str, deduplication: str) -> None:
        """Adds a job; one with the `deduplication` of another is dropped for five minutes.

        Raises Unavailable, after which the job may be in the queue or not.
        """


@dataclass(frozen=True, slots=True)
class Upload:
    """A file for the multipart field `field`."""

    field: str
    name: str
    content: bytes


class Transport(Protocol):
    """The way to WeChat's API, or to a proxy in front of it."""

    def request(
        self, method: str, path: str, query: Mapping[str, str], body: bytes | Upload | None = None
    ) -> "ApiResponse":
        """Makes one request, once; a `body` of bytes is JSON, and a whole URL may be a `path`.

        Raises TryLater when it surely was not made, Uncertain when it may have been.
        """

"""What happens in a run, as the story has it."""

from dataclasses import dataclass

from chalicelib.delivery.message import HINT

from .kernel import Process
from .marks import Mark


@dataclass
class Delivery:
    """One delivery of a push by WeChat; `taken` when WeChat took what it was answered."""

    push: int
    user: str
    number: int
    process: Process | None = None
    arrived: float = 0.0
    lost: bool = False
    killed: bool = False
    taken: bool = False
    passive: bool = False
    outcome: str = ""
    cause: str = ""

    @property
    def name(self) -> str:
        return f"delivery {self.number} of push {self.push}"


@dataclass
class Shown:
    """A part of an answer that a user read; `job` is the place in the queue of who sent it.

    It may come again when it is `excused`: the process that sent it died, or was cut off,
    before it could record that.
    """

    at: float
    user: str
    mark: Mark
    job: int | None = None
    excused: bool = False


@dataclass
class Read:
    """A text that a user read; so many more messages were `left` to them, and parts in their line.

    `process` sent it, None if it was a passive reply.
    """

    at: float
    user: str
    text: str
    parts: int
    process: Process | None
    left: int
    waiting: int

    @property
    def hinted(self) -> bool:
        return HINT in self.text


@dataclass
class Work:
    """One invocation of the worker; `user` is whose job it is, `mail` a message of a handler.

    The queue hands the job out when it `began`; its process is ready and `begun` later.
    """

    push: int
    user: str
    job: int
    effects: bool
    mail: bool
    tries: int
    began: float
    process: Process
    failed: bool = False
    killed: bool = False
    passive: bool = False
    outcome: str = ""
    cause: str = ""
    ended: float = 0.0
    left_lease: bool = False
    left_hold: bool = False
    in_vain: str = ""
    long: bool = False
    begun: float = 0.0


@dataclass(frozen=True)
class Cancelled:
    """The user cancelled at a time what answers their pushes before `arrival`."""

    at: float
    user: str
    arrival: float

"""What happened in a run: facts for the checks, and a story for people."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations

from chalicelib.conditions import Item
from chalicelib.ports import Write

from .crowd import Mark, marks
from .kernel import Kernel, Process
from .weather import Fate


@dataclass
class Delivery:
    """One delivery of a push by WeChat; `taken` when WeChat took what it was answered."""

    push: int
    number: int
    process: Process | None = None
    arrived: float = 0.0
    lost: bool = False
    killed: bool = False
    taken: bool = False
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
class Work:
    """One invocation of the worker."""

    push: int
    job: int
    sender: str
    tries: int
    began: float
    process: Process
    failed: bool = False
    killed: bool = False
    outcome: str = ""
    cause: str = ""
    ended: float = 0.0
    left_lease: bool = False
    in_vain: str = ""


@dataclass
class Story:
    """The facts of a run."""

    kernel: Kernel
    began: float
    telling: bool
    deliveries: list[Delivery] = field(default_factory=list)
    works: list[Work] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    faults_read: set[int] = field(default_factory=set)
    apologies: list[tuple[float, str]] = field(default_factory=list)
    jobs: list[str] = field(default_factory=list)
    metrics: Counter[tuple[str, int]] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    first_redriven: int | None = None
    facts: dict[Process, "Delivery | Work"] = field(default_factory=dict)
    owners: dict[str, Process] = field(default_factory=dict)
    delivered: dict[str, float] = field(default_factory=dict)
    names: int = 0
    changed: dict[str, float] = field(default_factory=dict)
    earlier: dict[str, list[Mark]] = field(default_factory=dict)
    fetched: list[Mark] = field(default_factory=list)
    in_doubt: dict[Process, list[Shown]] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    def tell(self, actor: str, event: str, *details: object, fate: Fate = Fate.FINE) -> None:
        if self.telling:
            told = " | ".join(map(self._short, details))
            trouble = "" if fate is Fate.FINE else f"   [{fate.name.lower().replace('_', ' ')}]"
            seconds = self.kernel.now - self.began
            self.lines.append(f"{seconds:10.3f}  {actor:<18} {event}  {told}{trouble}")

    def _short(self, detail: object) -> str:
        """A write as what it sets, and times as seconds of the run."""
        text = str(detail)
        if isinstance(detail, Write):
            text = f"{detail.key[:14]} {dict(detail.sets)}"
        text = re.sub(
            r"'(expires|version)': [\d.]+,? ?|-{9,}(\\n)?|(?<=#[0-9a-f]{8})\w{56}", "", text
        )
        return re.sub(r"\b17\d{8}\.\d+", lambda found: self._seconds(found[0]), text)[:300]

    def _seconds(self, time: str) -> str:
        return f"{float(time) - self.began:.2f}"

    def new_name(self) -> str:
        """What the process calls itself, and what it makes, in the table and the queue."""
        self.names += 1
        return f"{Process.current().name} ({self.names})"

    def queued(self, body: str, sender: Process | None = None) -> None:
        """A job is in the queue; one that nobody needs any more is a problem."""
        self.jobs.append(body)
        job = json.loads(body)
        delivered = self.delivered.get(job["identity"])
        if sender is None or delivered is None or "idempotent" in job["route"]:
            return
        if "table" not in sender.faults and delivered < sender.began:
            self.problems.append(f"done_is_done: {sender.name} queued what was delivered")

    def looked(self, process: Process, item: Item) -> None:
        """A worker waits for the owner of a push, though not for one that is through with it."""
        work, owner = self.facts[process], self.owners.get(str(item.get("owner")))
        if owner is None or owner is process or not isinstance(work, Work) or item["delivered"]:
            return
        through = (
            owner.ended and not owner.faults and (item["answer"] or item["owner"] == work.sender)
        )
        if through and float(item["lease"]) > self.kernel.now:
            self.problems.append(f"waits_for_the_living: {process.name} waits for {owner.name}")

    def written(self, process: Process, write: Write) -> None:
        self.changed[write.key] = self.kernel.now
        self._put_in_order(marks(str(write.sets.get("parts", ""))))
        if owner := write.sets.get("owner"):
            process.owner = str(owner)
            self.owners[process.owner] = process
        if write.sets.get("delivered"):
            self.delivered.setdefault(write.key.removeprefix("push#"), self.kernel.now)
        if int(write.sets.get("left", -1)) >= 0:
            self.fetched += marks(str(write.sets["answer"]))
        if write.sets.get("told"):
            self.apologies.append((self.kernel.now, write.key.removeprefix("push#")))
        if "parts" in write.sets:
            self.in_doubt.pop(process, None)

    def _put_in_order(self, waiting: list[Mark]) -> None:
        """In an outbox no part stands before an earlier one, unless it was out and came back."""
        for one, other in combinations(waiting, 2):
            same_answer = (one.push, one.run) == (other.push, other.run)
            if same_answer and one.part > other.part and one not in self.fetched:
                self.problems.append(f"part_order: {one} stands before {other} in an outbox")

    def disturbed(self, process: Process) -> None:
        """What the process has just sent may never be recorded."""
        for shown in self.in_doubt.pop(process, ()):
            shown.excused = True

    def log(
        self,
        event: str,
        metrics: Mapping[str, float] | None = None,
        cause: BaseException | None = None,
        _level: int = 0,
        /,
        **fields: object,
    ) -> None:
        """Stands for the log of the backend."""
        push = self.facts[Process.current()].push
        for name, count in (metrics or {}).items():
            self.metrics[name, push] += int(count)
        self.observe(event, cause, fields)
        if self.telling:
            words = {name: value for name, value in fields.items() if name != "identity"}
            self.tell(Process.current().name, "log", event, words, repr(cause) if cause else "")

    def job_of(self, process: Process) -> int | None:
        fact = self.facts[process]
        return fact.job if isinstance(fact, Work) else None

    def observe(
        self, event: str, cause: BaseException | None, fields: Mapping[str, object]
    ) -> None:
        fact = self.facts[Process.current()]
        fact.outcome = str(fields.get("outcome", fact.outcome))
        if event == "push" or event.startswith("a job"):
            fact.cause = type(cause).__name__
        if event == "the apology could not be sent":
            self.apologies.append((self.kernel.now, "failed"))


def push_of(body: str) -> int:
    """The number of the push in a job."""
    fields = json.loads(body)["push"]
    return int((fields.get("Content") or fields["EventKey"]).split()[1])

"""What happened in a run: facts for the checks, and a story for people."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from chalicelib.conditions import Item
from chalicelib.delivery.drain import CONFIRMING_TRIES
from chalicelib.ports import Write

from .crowd import Push
from .happenings import Cancelled, Delivery, Read, Shown, Work
from .kernel import Kernel, Process
from .lines import Lines
from .marks import Mark, marks, parts_in
from .weather import Fate

STALE = 0.5
"""Seconds for which a read that is not consistent may not see a write."""


@dataclass
class Story:
    """The facts of a run; `numbers` has the pushes by identity, `senders` who sent each job."""

    kernel: Kernel
    began: float
    telling: bool
    numbers: dict[str, int] = field(default_factory=dict)
    deliveries: list[Delivery] = field(default_factory=list)
    works: list[Work] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    reads: list[Read] = field(default_factory=list)
    faults_read: set[int] = field(default_factory=set)
    apologies: list[tuple[float, str]] = field(default_factory=list)
    jobs: list[str] = field(default_factory=list)
    senders: list[Process | None] = field(default_factory=list)
    queued_at: list[float] = field(default_factory=list)
    metrics: Counter[tuple[str, str]] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    first_redriven: int | None = None
    switched: bool = False
    crowded: list[float] = field(default_factory=list)
    facts: dict[Process, "Delivery | Work"] = field(default_factory=dict)
    owners: dict[str, Process] = field(default_factory=dict)
    delivered: dict[str, float] = field(default_factory=dict)
    refused_at: dict[str, float] = field(default_factory=dict)
    refused: set[Mark] = field(default_factory=set)
    gone: dict[str, Process] = field(default_factory=dict)
    gone_at: dict[str, float] = field(default_factory=dict)
    unheard: set[Process] = field(default_factory=set)
    names: int = 0
    changed: dict[str, float] = field(default_factory=dict)
    before: dict[str, Item | None] = field(default_factory=dict)
    lines: Lines = field(default_factory=Lines)
    in_doubt: dict[Process, list[Shown]] = field(default_factory=dict)
    failing: Counter[Process] = field(default_factory=Counter)
    cancelled: list[Cancelled] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    # --- What is told -------------------------------------------------------------------------

    def tell(self, actor: str, event: str, *details: object, fate: Fate = Fate.FINE) -> None:
        if self.telling:
            told = " | ".join(map(self._short, details))
            trouble = "" if fate is Fate.FINE else f"   [{fate.name.lower().replace('_', ' ')}]"
            seconds = self.kernel.now - self.began
            self.told.append(f"{seconds:10.3f}  {actor:<18} {event}  {told}{trouble}")

    def _short(self, detail: object) -> str:
        """A write as what it sets, and times as seconds of the run."""
        text = str(detail)
        if isinstance(detail, Write):
            text = f"{detail.key[:14]} {dict(detail.sets)}"
        text = re.sub(
            r"'(expires|version)': [\d.]+,? ?|-{9,}(\\n)?|(?<=#[0-9a-f]{8})\w{56}"
            r"|(?<=[0-9a-f]{8})[0-9a-f]{56}(?=\.)",
            "",
            text,
        )
        return re.sub(r"\b17\d{8}\.\d+", lambda found: self._seconds(found[0]), text)[:400]

    def _seconds(self, time: str) -> str:
        return f"{float(time) - self.began:.2f}"

    def new_name(self) -> str:
        """What the process calls itself, and what it makes, in the table and the queue."""
        self.names += 1
        return f"{Process.current().name} ({self.names})"

    # --- What is read -------------------------------------------------------------------------

    def read(
        self, process: Process | None, user: str, text: str, shown: list[Shown], left: int
    ) -> None:
        parts, waiting = parts_in(text), self.lines.lengths[user]
        self.reads.append(Read(self.kernel.now, user, text, parts, process, left, waiting))
        self.shown += shown
        if process:
            self.in_doubt[process] = shown
            self.failing[process] = 0

    def refused_for_good(self, process: Process, user: str, text: str, *, gone: bool) -> None:
        """WeChat will never take this text; nor another one, if the user is `gone`."""
        since = self.gone_at.get(user, 0.0)
        job = self.job_of(process)
        puts = [put.at for put in self.lines.put(user) if put.job != job]
        more = any(at > since for at in (*puts, *(at for at, _ in self.apologies)))
        excused = more or process.outpaced or process in self.unheard
        if gone and self.gone.get(user) is process and not excused:
            self.problems.append(f"gone_is_gone: {process.name} asks again for {user}")
        self.refused |= set(marks(text))
        if gone:
            self.gone[user], self.gone_at[user] = process, self.kernel.now

    def refused_now(self, user: str) -> None:
        """WeChat takes no message to this user for now."""
        self.refused_at[user] = self.kernel.now

    def call_failed(self, process: Process) -> None:
        """A call of a process failed; after some, what it has just sent may go again."""
        self.failing[process] += 1
        if self.failing[process] >= CONFIRMING_TRIES:
            self.cut_off(process)

    def cut_off(self, process: Process) -> None:
        """What the process has just sent may never be recorded, nor what it has heard be known."""
        for shown in self.in_doubt.pop(process, ()):
            shown.excused = True
        self.unheard.add(process)

    def ran(self, push: Push) -> None:
        """A handler begins; 继续 runs one only if nothing waited when its process began."""
        filled = self.lines.filled.get(push.user, 0.0)
        waits = self.lines.lengths[push.user] and filled < Process.current().began
        if push.kind == "more" and waits:
            self.problems.append(f"rest_comes_first: {push.name} runs a handler, and parts wait")

    def goes_on(self, push: Push, said: list[Mark]) -> None:
        """A stream's handler begins; it is told what was put, and nothing else."""
        put = [each.mark for each in self.lines.put(push.user) if each.mark.push == push.number]
        if said != put:
            self.problems.append(f"said_is_put: {push.name} goes on from {said}, not {put}")

    # --- What is kept -------------------------------------------------------------------------

    def push_of(self, body: str) -> int:
        """The number of the push in a job, or of the one whose handler sent its message."""
        job = json.loads(body)
        return self.numbers[job["identity"] if job["push"] else job["sender"]]

    def queued(self, body: str, sender: Process | None = None) -> None:
        """A job is in the queue; one that nobody needs any more is a problem."""
        self.jobs.append(body)
        self.senders.append(sender)
        self.queued_at.append(self.kernel.now)
        job = json.loads(body)
        delivered = self.delivered.get(job["identity"])
        if sender is None or delivered is None or "idempotent" in job["route"] or not job["push"]:
            return
        # A door that sends late answers does not look before it makes the job of a slow route.
        knows = "table" not in sender.faults and not self.switched
        if knows and delivered < sender.began and ":" not in job["route"]:
            self.problems.append(f"done_is_done: {sender.name} queued what was delivered")

    def looked(self, process: Process, item: Mapping[str, object]) -> None:
        """A worker waits for the owner of a push, though not for one that is through with it."""
        work, owner = self.facts[process], self.owners.get(str(item.get("owner")))
        if owner is None or owner is process or not isinstance(work, Work) or item["delivered"]:
            return
        sent_the_job = owner is self.senders[work.job]
        through = owner.ended and not owner.faults and (item["answer"] or sent_the_job)
        if through and float(str(item["lease"])) > self.kernel.now:
            self.problems.append(f"waits_for_the_living: {process.name} waits for {owner.name}")

    def stale(self, key: str, item: Item | None) -> Item | None:
        """What a read may find that is not consistent: the item before its last write."""
        lately = self.changed.get(key, 0.0) > self.kernel.now - STALE
        return self.before.get(key) if lately else item

    def written(self, process: Process, writes: tuple[Write, ...]) -> None:
        sets = {name: value for write in writes for name, value in write.sets.items()}
        if "parts" in sets and "answer" in sets and sets["left"] < 0:
            # Somebody held the line, so the rest of an answer stands behind what waits.
            self.lines.behind |= set(marks(str(sets["answer"])))
        for write in writes:
            self._written(process, write)

    def _written(self, process: Process, write: Write) -> None:
        self.changed[write.key] = self.kernel.now
        if owner := write.sets.get("owner"):
            process.owner = str(owner)
            self.owners[process.owner] = process
        if write.sets.get("delivered"):
            self.delivered.setdefault(write.key.removeprefix("push#"), self.kernel.now)
        if write.sets.get("told"):
            if (self.before.get(write.key) or {}).get("answer"):
                self.problems.append(f"no_apology_for_an_answer: {process.name} apologizes")
            self.apologies.append((self.kernel.now, write.key.removeprefix("push#")))
        if arrival := write.sets.get("cancelled"):
            user = write.key.removeprefix("waiting#")
            if not any(each.user == user and each.arrival >= arrival for each in self.cancelled):
                self.cancelled.append(Cancelled(self.kernel.now, user, float(str(arrival))))
        if "parts" in write.sets:
            self.problems += self.lines.written(write, self.job_of(process), self.kernel.now)

    def confirmed(self, process: Process, writes: tuple[Write, ...]) -> None:
        """A process knows that its writes were done."""
        if any("parts" in write.sets for write in writes):
            self.in_doubt.pop(process, None)

    # --- What is logged -----------------------------------------------------------------------

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
        fact = self.facts[Process.current()]
        for name, count in (metrics or {}).items():
            self.metrics[name, fact.user] += int(count)
        fact.outcome = str(fields.get("outcome", fact.outcome))
        if event == "push" or event.startswith("a job"):
            fact.cause = type(cause).__name__
        if event == "the apology could not be sent":
            self.apologies.append((self.kernel.now, "failed"))
        if self.telling:
            words = {name: value for name, value in fields.items() if name != "identity"}
            self.tell(Process.current().name, "log", event, words, repr(cause) if cause else "")

    def job_of(self, process: Process) -> int | None:
        fact = self.facts[process]
        return fact.job if isinstance(fact, Work) else None

"""What the backend did about each push, seen from outside: its tables, its queue, its log.

They are read while a page is open: often while something is under way, seldom otherwise. A change
between two readings is missed here, but the log has it.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from chalicelib.delivery.attempt import TRIES
from chalicelib.delivery.jobs import OWN_MESSAGE

from .logs import Line, Log
from .problems import problem

if TYPE_CHECKING:
    from .tables import Tables

OFTEN = 0.25
SELDOM = 2.0
APOLOGY = 1
"""Seconds after the line of the last try in which the apology is sent."""
_STAY_OFTEN = 10.0
"""Seconds during which it is read often after a change."""
_HANDED_OVER = ("queued", "handed_over")
"""Outcomes of a delivery whose answer comes from a job."""
_ANSWERED = ("answered", "replayed")
"""Outcomes of a delivery that has answered itself."""
_PUSH = "push#"
_LINE = "waiting#"
_NOTHING: dict[str, Any] = {
    "there": False,
    "items": [],
    "profiles": [],
    "secrets": [],
    "jobs": [],
    "dead": [],
    "own": {},
}


class Observation(NamedTuple):
    """A value that was seen at `at`. The reading before was `gap` seconds earlier."""

    at: float
    gap: float
    what: dict[str, Any]


class BackendView:
    """All that was seen so far. `looked` gets the pushes that changed with each look."""

    def __init__(
        self,
        tables: "Callable[[], Tables | None]",
        run: Path | None,
        looked: Callable[[Iterable[str]], None],
    ) -> None:
        self.tables_shown = _NOTHING if run is None else {**_NOTHING, "there": True}
        self.records: dict[str, list[Observation]] = {}
        self.jobs: dict[str, list[Observation]] = {}
        self.recipients: dict[str, str] = {}
        """The user who gets the answer of each job that was seen in the queue."""
        self.held: Counter[str] = Counter()
        """How many parts of each push's answer wait in the line of a user."""
        self.tables: Tables | None = None
        self.log_summaries: dict[str, dict[str, Any]] = {}
        """The latest of each push in the log: its route, its outcome."""
        self.has_log = run is not None
        """Whether there is a log, which shows the push behind a call."""
        self.watched_by = 0
        self.end = asyncio.Event()
        self._find_tables = tables if run else lambda: None
        self._logs = [Log(name, run / f"{name}.log") for name in ("backend", "worker") if run]
        self._tell = looked
        self._handed_over: set[str] = set()
        self._job_ends: dict[str, float] = {}
        self._looking = asyncio.Lock()
        self._often_until = 0.0
        self._first = True
        self._looked = time.time()

    @property
    def lines(self) -> list[Line]:
        return sorted((line for log in self._logs for line in log.lines), key=lambda each: each.at)

    def is_being_tried(self, identity: str) -> bool:
        """Whether the push's job was received from the queue, and the log has no end of it."""
        history = self.jobs.get(identity, [])
        now = history[-1].what if history else {}
        is_out = now.get("where") == "jobs" and not now["waiting"]
        return is_out and self.log_summaries.get(identity, {}).get("event") != "job"

    def is_queued(self, identity: str) -> bool:
        """Whether that job is in the queue, and no dead letter."""
        history = self.jobs.get(identity, [])
        return bool(history) and history[-1].what["where"] == "jobs"

    def has_line_of(self, identity: str) -> bool:
        """Whether the log has a line about the push."""
        return identity in self.log_summaries

    def is_under_way(self, identity: str) -> bool:
        """Whether more is still to come for the push, as far as the log shows."""
        ended = self._job_ends.get(identity)
        return identity in self._handed_over if ended is None else ended > time.time()

    async def watch(self, busy: Callable[[], bool]) -> None:
        """Looks again and again until the `end`, while a page is open."""
        while not self.end.is_set():
            if self.watched_by:
                await self.look()
            often = busy() or time.monotonic() < self._often_until
            with suppress(TimeoutError):
                await asyncio.wait_for(self.end.wait(), OFTEN if often else SELDOM)
        if self.tables:
            self.tables.close()

    def wake(self) -> None:
        """Looks often from now on, because something begins."""
        self._often_until = time.monotonic() + _STAY_OFTEN

    async def look(self) -> None:
        """Looks once at everything. Concurrent calls run one after the other."""
        async with self._looking:
            await self._look()

    async def _look(self) -> None:
        lines, shown = await asyncio.to_thread(self._read)
        own = [line for line in lines if line.identity]
        changed = {line.identity for line in own}
        for line in own:
            before = self.log_summaries.get(line.identity, {})
            now_wrong = problem(line.entry, before.get("problem"))
            self.log_summaries[line.identity] = {
                **before,
                **_summary(line),
                "problem": now_wrong,
            }
            self._follow(line)
        for letter in shown["dead"]:
            letter["tries"] = self._tries(letter["identity"])
        now = time.time()
        changed |= self._note(self.records, self._records(shown), now)
        changed |= self._note(self.jobs, self._jobs(shown), now)
        changed |= self._hold(shown)
        self.tables_shown, self._looked = {**shown, "own": self._own_messages()}, now
        if changed and not self._first:
            self.wake()
        self._first = False
        self._tell(changed)

    def _own_messages(self) -> dict[str, str]:
        """How the latest job of each message ended that answers no push, by its identity."""
        return {
            identity: each["outcome"]
            for identity, each in self.log_summaries.items()
            if each.get("route") == OWN_MESSAGE and "outcome" in each
        }

    def _tries(self, identity: str) -> int | None:
        """How often a dead job was tried, if the log shows it; its queue counts its moves, too."""
        tries = self.log_summaries.get(identity, {}).get("tries")
        return min(tries, TRIES) if tries else None

    def _follow(self, line: Line) -> None:
        """Remembers whether the line hands the push over to a job, or ends its job."""
        outcome = line.entry.get("outcome")
        if "JobMilliseconds" not in line.entry:
            if outcome in _HANDED_OVER:
                self._handed_over.add(line.identity)
            elif outcome in _ANSWERED:
                self._handed_over.discard(line.identity)
        elif outcome != "failed":
            self._job_ends[line.identity] = line.at + (APOLOGY if outcome == "dead" else 0)

    def _read(self) -> tuple[list[Line], dict[str, Any]]:
        shown = self._shown()  # before the log, which shows whether a job has ended since
        return [line for log in self._logs for line in log.read()], shown

    def _shown(self) -> dict[str, Any]:
        if self.tables is None:
            self.tables = self._find_tables()
        if self.tables is None:
            return _NOTHING
        return {
            "there": True,
            "items": self.tables.items(),
            "profiles": self.tables.profiles(),
            "secrets": self.tables.secrets(),
            **self.tables.messages(),
        }

    @staticmethod
    def _records(shown: dict[str, Any]) -> dict[str, dict[str, Any]]:
        return {
            item["id"].removeprefix(_PUSH): item
            for item in shown.get("items", [])
            if item["id"].startswith(_PUSH)
        }

    def _jobs(self, shown: dict[str, Any]) -> dict[str, dict[str, Any]]:
        """Where each job is now. A job that left the queue is `done`."""
        for each in [*shown.get("jobs", []), *shown.get("dead", [])]:
            self.recipients[each["identity"]] = each["openid"]
        found = {
            each["identity"]: {
                "where": where,
                "waiting": each["waiting"],
                "tries": each["tries"],
            }
            for where in ("jobs", "dead")
            for each in shown.get(where, [])
        }
        gone = {identity: {"where": "done"} for identity in self.jobs if identity not in found}
        return {**found, **gone}

    def _hold(self, shown: dict[str, Any]) -> set[str]:
        """Counts the parts that wait in lines; returns the pushes of which more or fewer wait."""
        before = self.held
        self.held = Counter(
            part["name"].partition(".")[0]
            for item in shown.get("items", [])
            if item["id"].startswith(_LINE)
            for part in json.loads(item.get("parts") or "[]")
        )
        return {each for each in before | self.held if before[each] != self.held[each]}

    def _note(
        self, histories: dict[str, list[Observation]], now: dict[str, dict[str, Any]], at: float
    ) -> set[str]:
        changed = set()
        for identity, what in now.items():
            history = histories.setdefault(identity, [])
            if not history or history[-1].what != what:
                history.append(Observation(at, at - self._looked, what))
                changed.add(identity)
        return changed


def _summary(line: Line) -> dict[str, Any]:
    names = ("event", "kind", "route", "outcome", "level", "tries")
    return {name: line.entry[name] for name in names if name in line.entry}

"""What the backend did about each push, as seen from outside: its tables, its queue, its log.

They are looked at while a page is open: often while something is under way, seldom otherwise. What
changed in between is not seen; the log has it.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from .logs import Line, Log
from .problems import problem

if TYPE_CHECKING:
    from .tables import Tables

OFTEN = 0.25
SELDOM = 2.0
APOLOGY = 1
"""Seconds in which the apology goes out, after the line that tells of the last try."""
_LIVELY = 10.0
"""Seconds for which it is looked at often after something has changed."""
_PROMISING = ("queued", "handed_over")
"""Outcomes of a delivery after which a job brings the answer."""
_ANSWERING = ("answered", "replayed")
"""Outcomes of one that has brought the answer itself."""
_PUSH = "push#"
_NOTHING: dict[str, Any] = {
    "there": False,
    "items": [],
    "profiles": [],
    "secrets": [],
    "jobs": [],
    "dead": [],
}


class Observation(NamedTuple):
    """How something stood since `at`, or at most `gap` seconds before: then it was looked last."""

    at: float
    gap: float
    what: dict[str, Any]


class BackendView:
    """What was seen so far; `changed` is told of each push of which something new was seen."""

    def __init__(
        self,
        tables: "Callable[[], Tables | None]",
        run: Path | None,
        changed: Callable[[str], None],
    ) -> None:
        self.shown = _NOTHING if run is None else {**_NOTHING, "there": True}
        self.records: dict[str, list[Observation]] = {}
        self.jobs: dict[str, list[Observation]] = {}
        self.addressees: dict[str, str] = {}
        """Who gets the answer of each job that was seen in the queue."""
        self.tables: Tables | None = None
        self.log_summaries: dict[str, dict[str, Any]] = {}
        """What the log said last of each push: its route, its outcome."""
        self.logged = run is not None
        """Whether there is a log, which proves whose a call was."""
        self.watched_by = 0
        self.end = asyncio.Event()
        self._find_tables = tables if run else lambda: None
        self._logs = [Log(name, run / f"{name}.log") for name in ("backend", "worker") if run]
        self._changed = changed
        self._promised: set[str] = set()
        self._ended: dict[str, float] = {}
        self._looking = asyncio.Lock()
        self._lively_until = 0.0
        self._first = True
        self._looked = time.time()

    @property
    def lines(self) -> list[Line]:
        return sorted((line for log in self._logs for line in log.lines), key=lambda each: each.at)

    def in_hand(self, identity: str) -> bool:
        """Whether the push's job is out of the queue, and no line has told its end."""
        history = self.jobs.get(identity, [])
        now = history[-1].what if history else {}
        is_out = now.get("where") == "jobs" and not now["waiting"]
        return is_out and self.log_summaries.get(identity, {}).get("event") != "job"

    def has_heard_of(self, identity: str) -> bool:
        """Whether the log has told anything of the push."""
        return identity in self.log_summaries

    def is_under_way(self, identity: str) -> bool:
        """Whether more is still to come for the push, as far as the log tells."""
        ended = self._ended.get(identity)
        return identity in self._promised if ended is None else ended > time.time()

    async def watch(self, busy: Callable[[], bool]) -> None:
        """Looks until the `end`, if anybody watches."""
        while not self.end.is_set():
            if self.watched_by:
                await self.look()
            lively = busy() or time.monotonic() < self._lively_until
            with suppress(TimeoutError):
                await asyncio.wait_for(self.end.wait(), OFTEN if lively else SELDOM)
        if self.tables:
            self.tables.close()

    def wake(self) -> None:
        """Something begins: look often."""
        self._lively_until = time.monotonic() + _LIVELY

    async def look(self) -> None:
        """Looks once, at everything; several who look at once do so one after the other."""
        async with self._looking:
            await self._look()

    async def _look(self) -> None:
        lines, shown = await asyncio.to_thread(self._read)
        own = [line for line in lines if line.identity]
        changed = {line.identity for line in own}
        for line in own:
            before = self.log_summaries.get(line.identity, {})
            wrong = problem(line.entry, before.get("problem"))
            self.log_summaries[line.identity] = {**before, **_summary(line), "problem": wrong}
            self._follow(line)
        now = time.time()
        changed |= self._note(self.records, self._records(shown), now)
        changed |= self._note(self.jobs, self._jobs(shown), now)
        self.shown, self._looked = shown, now
        if changed and not self._first:
            self.wake()
        self._first = False
        for identity in changed:
            self._changed(identity)

    def _follow(self, line: Line) -> None:
        """Whether the line promises an answer, or is the last word of its job."""
        outcome = line.entry.get("outcome")
        if "JobMilliseconds" not in line.entry:
            if outcome in _PROMISING:
                self._promised.add(line.identity)
            elif outcome in _ANSWERING:
                self._promised.discard(line.identity)
        elif outcome != "failed":
            self._ended[line.identity] = line.at + (APOLOGY if outcome == "dead" else 0)

    def _read(self) -> tuple[list[Line], dict[str, Any]]:
        shown = self._shown()  # before the log, which tells whether a job has ended since
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
        """Each job as it stands; one that is gone is told so once."""
        for each in [*shown.get("jobs", []), *shown.get("dead", [])]:
            self.addressees[each["identity"]] = each["openid"]
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
    names = ("event", "kind", "route", "outcome", "level")
    return {name: line.entry[name] for name in names if name in line.entry}

"""What is there before a run: conversations, what waits, and what release 1.0.0 left."""

from collections.abc import Sequence
from typing import Any

from chalicelib.conditions import Item
from chalicelib.delivery import parts
from chalicelib.delivery.jobs import Job
from chalicelib.delivery.parts import Part
from chalicelib.delivery.record import claim
from chalicelib.wechat.messages import ReplyWindow
from chalicelib.wechat.replies import Text
from chalicelib.wechat.reply_json import packed, to_json
from tests.fake_queue import FakeQueue

from .crowd import Push, Run, before_the_run
from .happenings import Shown
from .kernel import Kernel, Process
from .marks import EARLIER, Mark
from .story import Story
from .weather import Weather
from .wechat import WeChat

LEFT_BY_LINE = 100
"""Added to a user's number, it tells what waits in a line from what waits in an outbox."""
FULL = 9
"""So many wide parts leave no room in a line for another."""


class Past:
    """Leaves things in table and queue; what has expired may not be removed from the table yet."""

    def __init__(
        self, kernel: Kernel, weather: Weather, story: Story, wechat: WeChat, queue: FakeQueue
    ) -> None:
        self._kernel = kernel
        self._start = kernel.now
        self._weather = weather
        self._story = story
        self._wechat = wechat
        self._queue = queue

    def items(self, users: Sequence[str], pushes: Sequence[Push]) -> dict[str, Item]:
        items: dict[str, Item] = {}
        for user in users:
            expired = self._weather.chance(0.3) and not self._weather.much_waits
            expires = self._start + (-1 if expired else 10**6)
            kept = {"version": self._weather.choice((1.0, 3.0)), "expires": expires}
            if self._weather.chance(0.4):
                items[f"session#{user}"] = {**kept, "data": '{"earlier": 1}'}
            if self._weather.chance(0.25):
                items[f"outbox#{user}"] = {**kept, "waiting": self._outbox(user, expires)}
            if self._weather.much_waits or self._weather.chance(0.25):
                items[f"waiting#{user}"] = self._line(user, expires)
        for push in pushes:
            if self._weather.chance(0.1):
                old = claim(push.identity, "ghost", 0, self._weather.choice((0, 1)), self._start)
                sets: Item = {
                    "answer": self._weather.choice(("", "[]")),
                    "delivered": self._weather.chance(0.5),
                }
                items[old.key] = {**old.sets, **sets, "expires": push.at - 1}
        return items

    def _outbox(self, user: str, expires: float) -> str:
        run = int(user[4:])
        waiting = [
            Mark(EARLIER, run, part, 2) for part in self._weather.choice(((), (1, 2), (1, 2)))
        ]
        if expires > self._start:
            self._story.lines.begin(user, waiting)
        return to_json(Text(str(mark)) for mark in waiting)

    def _line(self, user: str, expires: float) -> Item:
        """A line, whose last holder may have died while it sent the first part."""
        sizes = ((0, 0), (1, 0), (2, 0), (6, 0), (FULL, 1900))
        count, wide = self._weather.choice(sizes[2:] if self._weather.much_waits else sizes)
        marks = Mark(EARLIER, LEFT_BY_LINE + int(user[4:]), 1, count).all_parts
        names = [f"earlier {user}.{mark.part}" for mark in marks]
        died = bool(marks) and self._weather.chance(0.3)
        if expires > self._start:
            self._story.lines.begin(user, list(marks))
            if died and self._weather.chance(0.5):
                self._showed(user, marks[0], excused=True)
        kept = zip(names, marks, strict=True)
        return {
            "parts": parts.to_json(
                Part(name, packed(Text(str(mark).ljust(wide, "-"))), self._start)
                for name, mark in kept
            ),
            "version": "earlier",
            "holder": "ghost" if died else "",
            "until": self._start + self._weather.choice((-5, 10)) if died else 0.0,
            "sending": tuple(names[:1]) if died else (),
            "doubt": (),
            "since": self._start - 100,
            "used": self._weather.choice((0, 3, 5)),
            "expires": expires,
            "format": 1,
        }

    # --- What release 1.0.0 was sending -----------------------------------------------------------

    def half_sent(self, number: int, user: str) -> tuple[Push, str, dict[str, Any]]:
        """An answer of which some parts have left; returns push, key and item of its record."""
        push = before_the_run(number, user, self._start - 5)
        ghost = Process(self._kernel, "1.0.0", lambda: None)
        push.runs.append(Run(ghost, push.kind, began=0.0, ended=True, said=3))
        sent, doubt = self._weather.choice((0, 1, 2)), self._weather.chance(0.5)
        marks = Mark(number, 1, 1, 3).all_parts
        for mark in marks[:sent]:
            self._showed(user, mark, excused=False)
        shown = sent
        if doubt and self._weather.chance(0.5):
            self._showed(user, marks[sent], excused=True)
            shown += 1
        self._wechat.allowances[user].open(ReplyWindow.MESSAGE, self._start, used=shown)
        died = doubt and self._weather.chance(0.5)
        lease = self._start + self._weather.choice((-1, 20)) if died else 0.0
        record = claim(push.identity, "worker of 1.0.0", lease, 0, self._start)
        told: Item = {
            "answer": to_json(Text(str(mark)) for mark in marks),
            "sent": sent,
            "in_doubt": sent + 1 if doubt and not died else 0,
        }
        return push, record.key, {**record.sets, **told}

    def queues(self, push: Push) -> None:
        """Its job comes again."""
        received = push.opened.push
        job = Job(
            push.identity, push.user, push.at, "door", f"crowd.{push.kind}", received.fields
        ).to_json()
        self._queue.send(job, push.user, push.identity)
        self._story.queued(job)

    def _showed(self, user: str, mark: Mark, *, excused: bool) -> None:
        self._story.shown.append(Shown(self._start - 1, user, mark, None, excused))

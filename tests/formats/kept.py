"""What a release keeps: written into a file once, and read by today's code in tests.

`python -m tests.formats` writes the file of this release.
"""

import dataclasses
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from chalicelib import __version__, bootstrap
from chalicelib.config import LateAnswers
from chalicelib.web.tickets import bind_link
from chalicelib.wechat.envelopes import Mode
from simulator import pushes, saved_conversations
from simulator.account import Account
from simulator.envelopes import Sealed, seal
from tests.door import Door
from tests.fakes import FakeTable
from tests.visitors import SITE, Browser, People, Person

from .account import routes

FOLDER = Path(__file__).parent
LATER = 60
"""Seconds that pass between the release that wrote and the one that reads."""
READER = "oReader"
FRIEND = "oFriend"
LISTENER = "oListener"
MING = Person("oMing")


@dataclasses.dataclass(frozen=True)
class Kept:
    """What one release left in tables, queue, browsers and files."""

    release: str
    account: Account
    now: float
    parameters: dict[str, str]
    table: dict[str, dict[str, Any]]
    profiles: dict[str, dict[str, Any]]
    jobs: list[dict[str, str]]
    pushes: dict[str, Sealed]
    signed_in: dict[str, str]
    sent_to_wechat: dict[str, str]
    authorize_url: str
    bind_link: str
    refresh_token: str
    passive: dict[str, dict[str, Any]]
    conversation: Any
    long_jobs: list[dict[str, str]] = dataclasses.field(default_factory=list)

    @classmethod
    def read(cls, text: str) -> "Kept":
        values = json.loads(text)
        account = values["account"]
        values["account"] = Account(**{**account, "mode": Mode(account["mode"])})
        values["pushes"] = {name: Sealed(**each) for name, each in values["pushes"].items()}
        return cls(**values)

    def to_json(self) -> str:
        values = dataclasses.asdict(self)
        values["account"]["mode"] = self.account.mode.value
        return json.dumps(values, ensure_ascii=False, indent=1, sort_keys=True) + "\n"

    @contextmanager
    def laid_out(self, late_answers: LateAnswers = LateAnswers.CUSTOMER_SERVICE) -> Iterator[Door]:
        """Today's backend, a little later, with all that the release left."""
        with opened(self.account, late_answers) as door:
            door.clock.now = self.now
            for name, value in self.parameters.items():
                door.parameters.remove(name)
                door.parameters.put(name, value)
            door.table.items.update(self.passive if door.passive else self.table)
            door.profile_table.items.update(self.profiles)
            for job in [] if door.passive else self.jobs:
                door.queue.send(job["body"], job["group"], job["body"])
            for job in [] if door.passive else self.long_jobs:
                door.long_queue.send(job["body"], job["group"], job["body"])
            door.clock.sleep(LATER)
            door.process()
            yield door


@contextmanager
def opened(
    account: Account, late_answers: LateAnswers = LateAnswers.CUSTOMER_SERVICE
) -> Iterator[Door]:
    door = Door(account, routes, late_answers)
    site = door.site()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bootstrap, "pushes", lambda: door.pushes)
        patch.setattr(bootstrap, "site", lambda: site)
        yield door


def written() -> Kept:
    """What this release keeps, once something is under way everywhere."""
    account = Account.new()
    with opened(account) as door:
        _said(door, "stream", LISTENER)
        door.work()
        said = {
            name: _said(door, name, openid)
            for name, openid in (
                ("count", READER),
                ("slow", READER),
                ("long", "oLong"),
                ("send", "oSender"),
            )
        }
        door.starting.start("kept.note", [(FRIEND, "from a task")], "today")
        browser, people = Browser(), People(door)
        browser.sign_in(people, MING)
        leaving = Browser()
        authorize_url = leaving.get("/oauth/authorize").location
        key = door.parameters.read(["ticket-key"])[0].value
        return Kept(
            release=__version__,
            account=account,
            now=door.clock.now,
            parameters=door.parameters.current(),
            table=_items(door.table),
            profiles=_items(door.profile_table),
            jobs=door.queue.waiting(),
            pushes=said,
            signed_in=browser.cookies,
            sent_to_wechat=leaving.cookies,
            authorize_url=authorize_url,
            bind_link=bind_link(SITE, key, "42", "a***@example.com"),
            refresh_token=next(iter(people.refresh_tokens)),
            passive=_passive(account),
            long_jobs=door.long_queue.waiting(),
            conversation={"format": saved_conversations.FORMAT, "steps": [_step()]},
        )


def _passive(account: Account) -> dict[str, dict[str, Any]]:
    """The table of an account that can only answer pushes, where an answer waits."""
    with opened(account, LateAnswers.PASSIVE) as door:
        _said(door, "late", READER)
        door.work()
        return _items(door.table)


def _said(door: Door, text: str, openid: str) -> Sealed:
    sealed = seal(door.account, pushes.text(text).by(openid), door.clock.now)
    door.post(sealed.query, sealed.body)
    return sealed


def _step() -> dict[str, Any]:
    return saved_conversations.step_in_file(
        pushes.text("你好"), saved_conversations.Reading({"kind": "text", "text": "你也好"})
    )


def _items(table: FakeTable) -> dict[str, dict[str, Any]]:
    return {key: dict(item) for key, item in table.items.items()}

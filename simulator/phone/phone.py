"""Everything that the page shows and does, in one place."""

import os
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalicelib.wechat.envelopes import Mode
from simulator import controls
from simulator.console import Console
from simulator.controls import Controls
from simulator.faults import QUEUE_DOWN, WORKER_KILLED
from simulator.platform.profiles import Profile
from simulator.platform.world import World
from simulator.pushes import Push
from simulator.saved_conversations import Step

from . import stage
from .backend_view import BackendView
from .browser import Browser
from .causes import Causes
from .conversation import Conversation
from .notifier import Notifier
from .people import People, Person
from .push_stream import OPENID as STREAM
from .push_stream import PushStream
from .replay import Replay
from .rotation import Rotation
from .route_explanations import RouteExplanations
from .schedules import Schedules
from .storage import FILE, Stored
from .web_authorizations import WebAuthorizations

if TYPE_CHECKING:
    from .tables import Tables

SETTINGS = {
    "WECHAT_MODE": [mode.value for mode in Mode],
    "LATE_ANSWERS": ["customer_service", "passive"],
}
"""The settings of the backend that the page can change, and their values."""


class Phone:
    """The users of one account, their chats, and what the backend at `url` did about them.

    `run` is the folder with the logs and controls of `make run`, if `make run` started us.
    """

    def __init__(
        self, world: World, url: str, console: Console | None, run: Path | None = None
    ) -> None:
        self._run = run
        self.world = world
        self.url = url
        self.console = console
        self.session = secrets.token_hex(8)
        self.ending: Callable[[], bool] = lambda: False
        self.notifier = Notifier()
        stored = Stored.load(run / FILE, url) if run else Stored(world.menu)
        world.menu = stored.menu
        self._stored = stored
        self.people = People(stored.people)
        for person in self.people.all:
            self.introduce(person)
        self.web_authorizations = WebAuthorizations(self.notifier.notify)
        self.browser = Browser(url, self.notifier.notify, self.web_authorizations.record)
        self.explanations = RouteExplanations()
        self.settings: dict[str, str] = {}
        self.schedules = Schedules(self._environment) if run else None
        """None without `make run`, because they would reach whatever AWS this machine knows."""
        self.conversation = Conversation(world, self.notifier.notify)
        self.backend = BackendView(_tables, run, self._looked)
        self._causes = Causes(self.conversation, self.backend)
        world.listeners.append(lambda _: self._causes.look())
        self.stream = PushStream(world, url, self.notifier.notify)
        self.rotation = Rotation(console, self.notifier.notify)
        self.replay = Replay(self.conversation, self.backend, url, self.notifier.notify)
        world.pushers.append(self.begin)
        world.watchers += [self.notifier.notify, self.store]
        world.faults.listeners.append(self._control)

    def introduce(self, person: Person) -> None:
        """Makes the user known to WeChat, by a name that they may let the site have."""
        self.world.profiles[person.openid] = Profile(person.name)
        if person.follows:
            self.world.known(person.openid)
        self.notifier.notify()

    def store(self) -> None:
        """Saves the menu and the added users for the next run, under `make run`."""
        now = Stored(self.world.menu, tuple(self.people.added))
        if self._run and now != self._stored:
            now.save(self._run / FILE)
        self._stored = now

    def begin(self, push: Push, mode: Mode | None = None) -> None:
        """Lets a user do something, pushed in another `mode` than the account's if one is given."""
        self.backend.wake()
        self.conversation.begin(push, self.url, mode)

    async def begin_again(self, push: Push) -> None:
        """Lets a user do the same again, as a new push and not as another delivery."""
        await self.conversation.next_second(push.from_user_name)
        self.begin(Step(push.from_user_name, push.fields).again())

    def start_replay(self, steps: Sequence[Step]) -> str:
        """Replays with new users, who have no past here; returns the first one's openid."""
        self.end_replay()
        names, openids = dict(self._names()), dict[str, str]()
        for step in steps:
            if step.openid not in openids:
                name = names.get(step.openid, step.openid[-8:])
                follows = step.push.get("Event") != "subscribe"
                person = self.people.add_for_replay(name, follows=follows)
                self.introduce(person)
                openids[step.openid] = person.openid
        self.replay.start([replace(step, openid=openids[step.openid]) for step in steps])
        return next(iter(openids.values()), "")

    def end_replay(self) -> None:
        """Ends the replay, for all pages, and removes its users."""
        self.replay.end()
        self.people.end_replay()
        self.notifier.notify()

    def set_mode(self, mode: Mode) -> None:
        """Lets the platform push in another mode from now on."""
        if self.console:
            self.console.save(mode=mode)
        self.notifier.notify()

    def set_backend(self, settings: Mapping[str, str]) -> None:
        """Restarts the backend with these settings, under `make run`."""
        self.settings |= settings
        self._control()

    def stop(self) -> None:
        """Cancels everything that is under way."""
        self.conversation.hang_up()
        self.stream.stop()
        self.rotation.stop()
        self.replay.stop()

    def busy(self) -> bool:
        return self.conversation.busy or self.stream.runs or self.rotation.runs

    def status(self) -> dict[str, Any]:
        """What the page shows besides entries, calls and tables."""
        return {
            "url": self.url,
            "mode": self.world.load().mode.value,
            "modes": SETTINGS,
            "settings": {**stage.settings(), **self.settings},
            "people": [self._person(openid, name) for openid, name in self._names()],
            "menu": self.world.menu,
            "browser": {
                "key": self.browser.key,
                "at": self.browser.at,
                "full_service": self.web_authorizations.to_full_service(self.browser.at),
            },
            "stream": self.stream.status(),
            "rotation": self.rotation.status(),
            "replay": self.replay.results(),
        }

    def follows(self, openid: str) -> bool:
        """Whether the user follows the account. Before their first push, `people` says so."""
        known = self.world.follows(openid)
        at_first = {person.openid: person.follows for person in self.people.all}
        return at_first.get(openid, True) if known is None else known

    def _looked(self, changed: Iterable[str]) -> None:
        for identity in changed:
            self.conversation.touch(identity)
        self._causes.look()

    def _names(self) -> list[tuple[str, str]]:
        """The users of the phone, and those that only commands have named."""
        known = {person.openid: person.name for person in self.people.all}
        others = {
            each.openid
            for each in self.conversation.entries
            if each.openid not in known and not self.people.has_left(each.openid)
        }
        named = {STREAM: "连续推送"}
        return [*known.items(), *((each, named.get(each, each[-8:])) for each in sorted(others))]

    def _person(self, openid: str, name: str) -> dict[str, Any]:
        return {
            "openid": openid,
            "name": name,
            "follows": self.follows(openid),
            "typing": self.world.sees_typing(openid),
            "agent": self._agent(openid),
            "allowances": [asdict(each) for each in self.world.allowances(openid)],
        }

    def _agent(self, openid: str) -> dict[str, Any] | None:
        session = self.world.agents.of(openid)
        return {"account": session.account, "taken": session.taken > 0} if session else None

    def _environment(self) -> dict[str, str]:
        """The backend's environment, under `make run`."""
        return {**stage.settings(), **os.environ, **self.settings}

    def _control(self) -> None:
        faults = self.world.faults
        if self._run:
            killed, down = faults.is_on(WORKER_KILLED), faults.is_on(QUEUE_DOWN)
            Controls(killed, down, self.settings).save(self._run / controls.FILE.name)
        self.notifier.notify()


def _tables() -> "Tables | None":
    """Imported when first needed, because importing boto3 takes long."""
    from .tables import on_this_machine  # noqa: PLC0415

    return on_this_machine()

"""One account on WeChat's side: its users, the messages they got, the calls of the API.

All of it is in memory and ends with the program.
"""

import secrets
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from chalicelib.wechat.replies import Reply, TransferCustomerService
from simulator.account import Account
from simulator.delivery import Rules, deliver_async
from simulator.events import WITHDRAWALS
from simulator.faults import SECRET_ROTATED, TOKEN_EXPIRED, Faults
from simulator.outcome import Exchange, Outcome
from simulator.pushes import Push

from .agents import Agents
from .allowances import Allowance, AllowanceRule, Allowances
from .authorization import Authorizations
from .bodies import File
from .media import Material
from .profiles import Profile
from .refusals import Refused
from .sample import picture
from .staff import Staff
from .subscriptions import Consents
from .tags import Tags
from .templates import Templates
from .tokens import Tokens
from .users import User

TEMPLATE_MESSAGE = "模板消息"
_SAMPLE = File("image/png", picture())


@dataclass(frozen=True, slots=True)
class Template:
    """A template message, or another with the values of keywords in `data`, named by its `word`."""

    template_id: str
    data: Mapping[str, str]
    url: str
    word: str = TEMPLATE_MESSAGE


@dataclass(frozen=True, slots=True)
class Received:
    """A message that reached a user by the API."""

    openid: str
    message: Reply | Template


@dataclass(frozen=True, slots=True)
class Call:
    """A call of the API, without errcode if its connection was cut.

    `request` and `answer` are without secrets and tokens. `at` is when the call came, in epoch
    seconds. `openid` is the user that it was about.
    """

    path: str
    errcode: int | None
    milliseconds: int
    at: float = 0.0
    request: Mapping[str, Any] = field(default_factory=dict)
    answer: Mapping[str, Any] | None = None
    openid: str = ""


Listener: TypeAlias = Callable[[Received], None]


class World:
    """An account and its users. `load` reads the account from 微信开发者平台."""

    def __init__(
        self,
        load: Callable[[], Account],
        clock: Callable[[], float] = time.time,
        rule: AllowanceRule = AllowanceRule.SET_BACK,
    ) -> None:
        self.load = load
        self.clock = clock
        self.faults = Faults()
        self.calls: list[Call] = []
        self.in_flight: list[str] = []
        self.received: list[Received] = []
        self.media: dict[str, File] = {}
        self.materials: dict[str, Material] = {}
        self.staff = Staff()
        self.mass_messages: set[object] = set()
        """Each `clientmsgid` of a message to many."""
        self.short_keys: dict[str, tuple[str, int, int]] = {}
        self.tags = Tags()
        self.templates = Templates()
        self.subscription_templates = Templates()
        self.consents = Consents()
        self.menu: Mapping[str, Any] | None = None
        self.conditional_menus: list[Mapping[str, Any]] = []
        self.listeners: list[Listener] = []
        self.profiles: defaultdict[str, Profile] = defaultdict(Profile)
        self.agents = Agents(clock)
        self.authorizations = Authorizations(clock)
        self.js_sdk_ticket = secrets.token_urlsafe(60)
        self.whitelist: Collection[str] | None = None
        """The addresses from which the API may be called; None for any, as of test accounts."""
        self.pushers: list[Callable[[Push], None]] = []
        """Called with each push that comes from WeChat itself, to deliver it."""
        self.watchers: list[Callable[[], None]] = []
        """Called whenever something changes that a page may show."""
        self._rule = rule
        self._tokens = Tokens(clock)
        self._users: dict[str, User] = {}

    # --- What users do ------------------------------------------------------------------------

    async def deliver(
        self,
        push: Push,
        url: str,
        watch: Callable[[Exchange], None],
        account: Account | None = None,
    ) -> Outcome:
        """Delivers `push` to the backend at `url`, with the faults that are on.

        `account` is the current one, perhaps in another mode.
        """
        user = self.arrived(push)
        if agent := self.agents.get(push):
            return Outcome((), agent=agent)
        outcome = await deliver_async(
            account or self.load(), push, url, Rules.under(self.faults), watch
        )
        if outcome.reply:
            user.exchanged = self.clock()
        if isinstance(outcome.reply, TransferCustomerService):
            self.agents.transfer(user.openid, outcome.reply.kf_account)
        return outcome

    def arrived(self, push: Push) -> User:
        """Registers a push: its user may be answered now, and its media can be downloaded."""
        user = self.known(push.from_user_name)
        user.did(push, self.clock())
        self.consents.heard(push)
        if not user.follows:
            self.tags.forget(user.openid)
        if push.fields.get("Event") in WITHDRAWALS:
            self.authorizations.revoke(str(push.fields.get("OpenID")))
        for name in ("MediaId", "ThumbMediaId"):
            if media_id := push.fields.get(name):
                self.media.setdefault(str(media_id), _SAMPLE)
        return user

    def known(self, openid: str) -> User:
        """The user with that openid, who follows the account from now on if they are new."""
        return self._users.setdefault(openid, User(openid, self.clock(), Allowances(self._rule)))

    def followers(self, after: str = "") -> list[str]:
        """The openids of those who follow the account and came `after` another, in order."""
        users = list(self._users.values())
        begin = users.index(self.user(after)) + 1 if after else 0
        return [user.openid for user in users[begin:] if user.follows]

    def user(self, openid: object) -> User:
        """The user with that openid. Raises Refused if there is none."""
        user = self._users.get(str(openid))
        if user is None:
            raise Refused(40003)
        return user

    def follower(self, openid: object) -> User:
        """The user with that openid, if they follow the account. Raises Refused."""
        user = self.user(openid)
        if not user.follows:
            raise Refused(40003)
        return user

    def follows(self, openid: str) -> bool | None:
        """Whether the user follows the account, or None if nobody has that openid."""
        user = self._users.get(openid)
        return None if user is None else user.follows

    def sees_typing(self, openid: str) -> bool:
        """Whether the user sees that the account is typing."""
        user = self._users.get(openid)
        return user is not None and user.typing_until > self.clock()

    def allowances(self, openid: str) -> list[Allowance]:
        """How many customer service messages the user may get now, and until when."""
        user = self._users.get(openid)
        return [] if user is None else user.allowances.open(self.clock())

    # --- What the backend does ----------------------------------------------------------------

    @contextmanager
    def under_way(self, path: str) -> Iterator[None]:
        """Lists a complete call of `path` as `in_flight` until it is done."""
        self.in_flight.append(path)
        try:
            yield
        finally:
            self.in_flight.remove(path)

    def send(self, user: User, message: Reply | Template) -> None:
        received = Received(user.openid, message)
        self.received.append(received)
        for listener in self.listeners:
            listener(received)

    def push(self, push: Push) -> None:
        """Lets WeChat itself push something to the backend."""
        for pusher in self.pushers:
            pusher(push)

    def record(self, call: Call) -> None:
        """Records a call of the API that was answered or cut."""
        self.calls.append(call)
        for watcher in self.watchers:
            watcher()

    def issue_token(self, app_id: object, secret: object, *, force: bool) -> tuple[str, int]:
        """The access token and the seconds until it expires. Raises Refused."""
        self.check_secret(app_id, secret)
        return self._tokens.issue(self._app_secret, force_refresh=force)

    def check_secret(self, app_id: object, secret: object) -> None:
        """Raises Refused unless both are the account's."""
        self.check_app_id(app_id)
        if secret != self._app_secret:
            raise Refused(40125)

    def check_app_id(self, app_id: object) -> None:
        """Raises Refused unless it is the account's."""
        if app_id != self.load().app_id:
            raise Refused(40013)

    def check_token(self, token: str | None) -> None:
        """Raises Refused unless the token is valid."""
        only_once = self.faults.is_on(TOKEN_EXPIRED)
        self._tokens.check(token, self._app_secret, only_once=only_once)

    @property
    def _app_secret(self) -> str:
        """The current secret. A secret that was rotated by the fault is known to nobody else."""
        secret = self.load().app_secret
        return f"{secret}-rotated" if self.faults.is_on(SECRET_ROTATED) else secret

"""What a handler may use besides its push."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from ..users.profile import Profile
from ..wechat.replies import Reply, Text
from .handler_result import HandlerResult
from .session import Session

if TYPE_CHECKING:
    from ..api.client import Api  # a type only: no push needs it


Start: TypeAlias = Callable[[str, Iterable[Sequence[Any]], str], None]
"""Starts a task by its name, once with each of these arguments, under an identity."""


class Said(tuple[Reply, ...]):
    """Replies of a stream that are on record, in order."""

    __slots__ = ()

    @property
    def text(self) -> str:
        """All texts among them, exactly as the handler yielded them."""
        return "".join(reply.content for reply in self if isinstance(reply, Text))

    @property
    def length(self) -> int:
        """How far the stream is."""
        return sum(map(length, self))


def length(piece: Reply | str) -> int:
    """The characters of a text; 1 for any other reply."""
    if isinstance(piece, Text):
        piece = piece.content
    return len(piece) if isinstance(piece, str) else 1


NOTHING_SAID = Said()


class Work(NamedTuple):
    """The work that one run of a handler is part of: what is said of it, and whether it goes on.

    `cancel` ends what is under way for the same user, `start` starts tasks.
    """

    said: Said = NOTHING_SAID
    cancelled: Callable[[], bool] = lambda: False
    cancel: Callable[[], None] | None = None
    start: Start | None = None


class OutOfPlace(Exception):
    """A handler uses what its route does not offer; the message says how to get it."""


_NO_WORK = Work()


class Context:
    """What one run of a handler may use.

    `identity` names the push or the task, and is the same each time it runs: use it as an
    idempotency key for the handler's own effects. `groups` are the named groups of the pattern that
    matched. They are the user's words, so printing a context does not show them: it would end up in
    a log. `said` is what an earlier run of a stream's handler has said already; go on from there.
    """

    def __init__(
        self,
        identity: str,
        groups: Mapping[str, str] | None = None,
        *,
        work: Work = _NO_WORK,
        send: Callable[[str, HandlerResult], None] | None = None,
        session: Session | None = None,
        profile: Callable[[], Profile] | None = None,
        secret: Callable[[str], str] | None = None,
        api: "Api | None" = None,
    ) -> None:
        self.identity = identity
        self.groups = groups or {}
        self.said = work.said
        self._work = work
        self._send = send
        self._session = session
        self._read_profile = profile
        self._secret = secret
        self._api = api

    def __repr__(self) -> str:
        return f"Context({self.identity!r})"

    def send(self, openid: str, result: HandlerResult) -> None:
        """Sends a message to any user; the worker sends it after this handler.

        A handler that runs again for the same push sends no message twice. Raises Unavailable.
        """
        if self._send is None:
            raise OutOfPlace("ctx.send needs a queue, which this context was made without")
        self._send(openid, result)

    def start(self, task: str, *arguments: Any, identity: str | None = None) -> None:
        """Starts a task, `<router>.<name>`, with these arguments, which are JSON.

        It runs once for the same `identity` and arguments, which are remembered for 20 days; the
        identity is this context's own unless another is given. Raises StartError, or Unavailable.
        """
        self._starts(task, [arguments], identity)

    def start_each(
        self, task: str, values: Iterable[Any], *others: Any, identity: str | None = None
    ) -> None:
        """Starts a task for each of many values, which is its first argument; see `start`."""
        self._starts(task, ((value, *others) for value in values), identity)

    def _starts(self, task: str, many: Iterable[Sequence[Any]], identity: str | None) -> None:
        if self._work.start is None:
            raise OutOfPlace("ctx.start needs a queue, which this context was made without")
        self._work.start(task, many, self.identity if identity is None else identity)

    @property
    def session(self) -> Session:
        """A small dict that is kept between this user's pushes. Raises OutOfPlace."""
        if self._session is None:
            raise OutOfPlace(
                "tasks and idempotent routes have no session; leave out idempotent=True"
            )
        return self._session

    @property
    def state(self) -> str | None:
        """Where this user is in a conversation; `on(…, state=…)` asks for it. Raises OutOfPlace.

        It is kept with the session, and None where no conversation is under way.
        """
        return self.session.state

    @state.setter
    def state(self, state: str | None) -> None:
        self.session.state = state

    @cached_property
    def profile(self) -> Profile:
        """The user's profile, read at first use; an unknown user has only the openid.

        Raises OutOfPlace, or Unavailable.
        """
        if self._read_profile is None:
            raise OutOfPlace("ctx.profile needs a user, and a task has none")
        return self._read_profile()

    def secret(self, name: str) -> str:
        """The team's own secret, the parameter `own/<name>`, which may rotate at any time.

        It is read at first use and kept in memory for about half a minute. Raises SecretMissing
        with the command that sets it, OutOfPlace, or Unavailable.
        """
        if self._secret is None:
            raise OutOfPlace("ctx.secret needs parameters, which this context was made without")
        return self._secret(name)

    def cancel(self) -> None:
        """Cancels the user's streams and long work that are under way: nothing more of them comes.

        Raises OutOfPlace, or Unavailable.
        """
        if self._work.cancel is None or self._session is None:
            raise OutOfPlace("an idempotent route cannot cancel; leave out idempotent=True")
        self._work.cancel()

    @property
    def cancelled(self) -> bool:
        """Whether the user has cancelled this stream or long work; known about five seconds later.

        What the handler says now would not be sent, so it may end at once.
        """
        return self._work.cancelled()

    @property
    def api(self) -> "Api":
        """WeChat's API. Raises OutOfPlace: its token calls need the worker's fixed address."""
        if self._api is None:
            raise OutOfPlace("ctx.api is for slow routes; write slow=True")
        return self._api

"""What a handler may need besides its push."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from .answer import Answer
from .mail import Mail
from .profile import Profile
from .session import Session

if TYPE_CHECKING:
    from .api import Api  # what no push needs is not imported for it


class OutOfPlace(Exception):
    """A handler asks for what its route cannot give; the message says how to get it."""


@dataclass(frozen=True)
class Context:
    """One run of a handler.

    `identity` names the push, the same for each delivery of it: an idempotency key for the
    handler's own effects. `groups` are the named groups of the pattern that matched, words of
    the user, which are not shown when it is printed: it would end up in a log.
    """

    identity: str
    groups: Mapping[str, str] = field(default_factory=dict, repr=False)
    mail: Mail | None = field(default=None, repr=False)
    kept: Session | None = field(default=None, repr=False)
    known: Callable[[], Profile] | None = field(default=None, repr=False)
    wechat: "Api | None" = field(default=None, repr=False)

    def send(self, openid: str, answer: Answer) -> None:
        """Sends any user a message of our own; the worker does it, after this handler.

        A handler that runs again for the same push sends nothing twice. Raises Unavailable.
        """
        if self.mail is None:
            raise OutOfPlace("ctx.send needs a queue, which this context was made without")
        self.mail.send(openid, answer)

    @property
    def session(self) -> Session:
        """A small dict that lives between this user's pushes. Raises OutOfPlace."""
        if self.kept is None:
            raise OutOfPlace("an idempotent route has no session; leave out idempotent=True")
        return self.kept

    @cached_property
    def profile(self) -> Profile:
        """What is known of the user, read when first asked for; of a stranger, the openid alone.

        Raises OutOfPlace, or Unavailable.
        """
        if self.known is None:
            raise OutOfPlace("ctx.profile needs a table, which this context was made without")
        return self.known()

    @property
    def api(self) -> "Api":
        """WeChat's API. Raises OutOfPlace, for its token calls need the worker's fixed address."""
        if self.wechat is None:
            raise OutOfPlace("ctx.api is for slow routes; write slow=True")
        return self.wechat

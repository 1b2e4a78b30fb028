"""The agents of customer service, and the users that they have.

    the account answers transfer_customer_service    the user waits for an agent
    an agent takes the user                          kf_create_session; messages go to the agent
    another agent takes over                         kf_switch_session
    the agent ends it                                kf_close_session
    half an hour later                               messages are pushed to the account again

While a user waits, WeChat goes on pushing what they write. It always pushes events.
https://developers.weixin.qq.com/doc/subscription/guide/product/kf/forwarding.html
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from simulator import pushes
from simulator.pushes import Push

from .refusals import Refused

AGENTS = ("service@simulated", "sales@simulated")
LASTS = 1800
"""Seconds for which an agent has a user at most."""
_NO_SESSION = 65413


@dataclass(frozen=True, slots=True)
class Session:
    """A user with the agent `account`, or, until one takes them, without `taken`."""

    account: str
    taken: float = 0.0


class Agents:
    """Which users wait for an agent, and which agent has which user."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._sessions: dict[str, Session] = {}

    def of(self, openid: str) -> Session | None:
        """The user's session, waiting or taken."""
        session = self._sessions.get(openid)
        if session and session.taken and self._clock() > session.taken + LASTS:
            del self._sessions[openid]
            return None
        return session

    @property
    def sessions(self) -> dict[str, Session]:
        """Those of all users, by openid."""
        found = ((openid, self.of(openid)) for openid in list(self._sessions))
        return {openid: session for openid, session in found if session}

    def get(self, push: Push) -> str:
        """The agent who gets the push in place of the account, or empty."""
        session = self.of(push.from_user_name)
        is_message = push.fields["MsgType"] != "event"
        return session.account if session and session.taken and is_message else ""

    def transfer(self, openid: str, account: str) -> None:
        """The account hands the user over, to that agent if it names one."""
        if self.of(openid) is None:
            self._sessions[openid] = Session(account or AGENTS[0])

    def take(self, openid: str, account: str = "") -> Push:
        """An agent takes the user, who may not have asked. Returns the event for the account."""
        session = self.of(openid) or Session(AGENTS[0])
        session = Session(account or session.account, self._clock())
        self._sessions[openid] = session
        return _event("kf_create_session", openid, KfAccount=session.account)

    def switch(self, openid: str) -> Push:
        """The user goes to the other agent. Returns the event. Raises Refused."""
        session = self.taken(openid)
        other = AGENTS[session.account == AGENTS[0]]
        self._sessions[openid] = replace(session, account=other)
        accounts = {"FromKfAccount": session.account, "ToKfAccount": other}
        return _event("kf_switch_session", openid, **accounts)

    def close(self, openid: str) -> Push:
        """The agent ends the session. Returns the event. Raises Refused."""
        session = self.taken(openid)
        del self._sessions[openid]
        return _event("kf_close_session", openid, KfAccount=session.account)

    def taken(self, openid: str) -> Session:
        """The session with the agent who has the user. Raises Refused if none has."""
        session = self.of(openid)
        if session is None or not session.taken:
            raise Refused(_NO_SESSION)
        return session


def _event(name: str, openid: str, **fields: str) -> Push:
    return pushes.event(name).with_fields(**fields).by(openid)

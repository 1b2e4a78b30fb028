"""The customer service staff of an account: their accounts, and who uses each.

An invitation is accepted at once, and whoever has an account is online.
https://developers.weixin.qq.com/doc/service/api/customer/servicermanage/api_addkfaccount.html
"""

import re
from dataclasses import dataclass

from .agents import AGENTS
from .refusals import Refused

_MOST = 100
_ACCOUNT = re.compile(r"[A-Za-z0-9_]{1,10}@[^\s@]{1,30}")
_NICKNAME = 16
_FIRST = 1001


@dataclass(slots=True)
class Agent:
    """One account of the staff, and the WeChat id of the person who uses it, if there is one."""

    account: str
    nickname: str
    number: int
    person: str = ""
    picture: str = ""


class Staff:
    """The staff of one account; at first the agents that the phone's page plays."""

    def __init__(self) -> None:
        self.all: dict[str, Agent] = {}
        self._next = _FIRST
        for number, account in enumerate(AGENTS, start=1):
            self.add(account, f"客服{number}")
            self.invite(account, f"simulated_{number}")

    def add(self, account: object, nickname: object) -> None:
        """Raises Refused."""
        if not isinstance(account, str) or not _ACCOUNT.fullmatch(account):
            raise Refused(65404)
        if account in self.all:
            raise Refused(65406)
        if len(self.all) >= _MOST:
            raise Refused(65405)
        self.all[account] = Agent(account, _nickname(nickname), self._next)
        self._next += 1

    def rename(self, account: object, nickname: object) -> None:
        """Raises Refused."""
        self.find(account).nickname = _nickname(nickname)

    def delete(self, account: object) -> None:
        """Raises Refused."""
        del self.all[self.find(account).account]

    def invite(self, account: object, person: object) -> None:
        """Gives the account to a person. Raises Refused."""
        agent = self.find(account)
        if not isinstance(person, str) or not person:
            raise Refused(65409)
        if any(each.person == person for each in self.all.values()):
            raise Refused(65407)
        if agent.person:
            raise Refused(65412)
        agent.person = person

    def find(self, account: object) -> Agent:
        """Raises Refused if there is none."""
        agent = self.all.get(str(account))
        if agent is None:
            raise Refused(65401)
        return agent


def _nickname(nickname: object) -> str:
    if not isinstance(nickname, str) or not 1 <= len(nickname) <= _NICKNAME:
        raise Refused(65403)
    return nickname

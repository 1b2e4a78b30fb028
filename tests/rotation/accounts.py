"""An account that changes its secrets, and whether the door still answers its pushes."""

import dataclasses

from chalicelib.wechat.replies import Text
from simulator import pushes, replies
from simulator.account import Account, new_encoding_aes_key
from simulator.envelopes import open_reply
from tests.door import Door

DAY = 24 * 3600


def rotated(account: Account) -> Account:
    return dataclasses.replace(account, token="new-token", encoding_aes_key=new_encoding_aes_key())


def put(door: Door, account: Account) -> None:
    """What ops do: write both values to SSM."""
    door.parameters.put("token", account.token)
    door.parameters.put("encoding-aes-key", account.encoding_aes_key)


def answers(door: Door, account: Account) -> bool:
    """Whether a push of `account` is answered, with a reply that this same account can open."""
    push = pushes.text("hi")
    response = door.push(push, account)
    if response.status != 200:
        return False
    return replies.read(open_reply(account, response.body.encode()), account, push) == Text("hi")

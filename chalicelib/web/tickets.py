"""Links that bind a user of the site to their WeChat.

The site makes a link for its signed-in user and shows it, for example as a QR code. A link works
once, within ten minutes. Routes make them by `doors.bind_link`, operators by
`python -m ops bind-link`.
"""

import secrets
import time
from typing import NamedTuple
from urllib.parse import urlencode

from ..credentials.values import own_key
from .signing import TICKET_SECONDS, InvalidToken, Signer, signed

PURPOSE = "ticket"
ROOM = 400
"""Bytes that a ticket may hold, because it travels in an address through WeChat and back."""


class Ticket(NamedTuple):
    """Lets the site's user `user_id`, shown as `label`, bind; then they go to `return_to`."""

    id: str
    user_id: str
    label: str
    return_to: str


def bind_link(site: str, ticket_key: str, user_id: str, label: str, return_to: str = "") -> str:
    """The address where `user_id` can bind their WeChat within ten minutes.

    `site` is this backend's address, such as `https://example.com/api`; `ticket_key` is the
    parameter `ticket-key`. The page shows `label`, such as `a***@example.com`: the user
    recognizes it, others learn little. `return_to` must begin with one of RETURN_URLS.
    Raises ValueError.
    """
    values = new_ticket(user_id, label, return_to)._asdict()
    text = signed([own_key(ticket_key)], PURPOSE, values, time.time() + TICKET_SECONDS)
    return link_to(site, text)


def new_ticket(user_id: str, label: str, return_to: str) -> Ticket:
    """A ticket that nobody has used. Raises ValueError."""
    if not user_id or not label:
        raise ValueError("a link needs a user and a label")
    if len(f"{user_id}{label}{return_to}".encode()) > ROOM:
        raise ValueError(f"user, label and return address are more than {ROOM} bytes together")
    return Ticket(secrets.token_hex(8), user_id, label, return_to)


def link_to(site: str, text: str) -> str:
    """The address of the page that asks whether to bind, with a signed ticket."""
    return f"{site}/oauth/bind?{urlencode({'ticket': text})}"


def open_ticket(signer: Signer, text: str) -> Ticket:
    """The ticket in a link. Raises InvalidToken, or Unavailable."""
    values = signer.open(text)
    try:
        return Ticket(values["id"], values["user_id"], values["label"], values["return_to"])
    except KeyError:
        raise InvalidToken from None

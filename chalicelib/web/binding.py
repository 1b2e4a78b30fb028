"""Binds a WeChat user to a user of the site, after the user confirms it.

    link ──> signed in? ──> the page names both sides ──> they confirm ──> back to the site

An attacker may send their own link to somebody else, to bind that person's WeChat to the
attacker's account. So the page names the owner of the link, and only a form from that page binds. A
link belongs to the first user who opens it.
"""

import time
from collections.abc import Callable, Sequence
from urllib.parse import quote, unquote, urlsplit

from .. import log
from ..conditions import absent, any_of, at_most, equal
from ..ports import ConditionFailed, Table, Write
from ..users.profiles import BoundElsewhere, Profiles
from ..wechat.authorization import Scope
from . import notices, tickets
from .http import Request, Response, page, see_other
from .login import Logins, Visitor
from .me import stale_form
from .notices import notice_page
from .oauth import Authorization
from .signing import TICKET_KEY, TICKET_SECONDS, InvalidToken, Signer, SiteKeys
from .tickets import Ticket


class Binding:
    """The steps of binding; visitors may return to the addresses in `return_urls`."""

    def __init__(
        self,
        keys: SiteKeys,
        table: Table,
        profiles: Profiles,
        logins: Logins,
        authorization: Authorization,
        return_urls: Sequence[str],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._signer = Signer(keys, TICKET_KEY, tickets.PURPOSE, clock)
        self._table = table
        self._profiles = profiles
        self._logins = logins
        self._authorization = authorization
        self._return_urls = return_urls
        self._clock = clock

    def link(self, site: str, user_id: str, label: str, return_to: str) -> str:
        """The address where `user_id` can bind their WeChat. Raises ValueError, or Unavailable."""
        if return_to and not self._may_lead_to(return_to):
            raise ValueError(
                f"RETURN_URLS does not have {return_to}; add it to the stage's"
                " environment_variables in .chalice/config.json"
            )
        ticket = tickets.new_ticket(user_id, label, return_to)
        return tickets.link_to(
            site, self._signer.sign(ticket._asdict(), self._clock() + TICKET_SECONDS)
        )

    def ask(self, request: Request) -> Response:
        """Asks the visitor to confirm the binding (GET /oauth/bind?ticket=). Raises Unavailable."""
        text = request.query.get("ticket", "")
        try:
            ticket = tickets.open_ticket(self._signer, text)
        except InvalidToken:
            return notice_page(notices.TICKET_ENDED, f"{request.site}/me")
        visitor = self._logins.visitor(request)
        if visitor is None or visitor.profile.scope != Scope.USERINFO.value:
            back = f"/oauth/bind?ticket={quote(text, safe='')}"
            return self._authorization.send_to_wechat(request, back, Scope.USERINFO)
        refusal = self._refusal(request.site, ticket, visitor)
        return refusal or page(
            "bind",
            may_lead_to=_origin(self._return_to(request.site, ticket)),
            site=request.site,
            profile=visitor.profile,
            label=ticket.label,
            ticket=text,
            csrf=visitor.csrf,
            back=self._return_to(request.site, ticket),
        )

    def confirm(self, request: Request) -> Response:
        """Binds both users (POST /oauth/bind with `ticket` and `csrf`). Raises Unavailable."""
        visitor = self._logins.visitor(request)
        if visitor is None or not visitor.sent_form(request):
            return stale_form(request.site)
        try:
            ticket = tickets.open_ticket(self._signer, request.form.get("ticket", ""))
        except InvalidToken:
            return notice_page(notices.TICKET_ENDED, f"{request.site}/me")
        if refusal := self._refusal(request.site, ticket, visitor):
            return refusal
        openid = visitor.profile.openid
        try:
            self._profiles.bind(openid, ticket.user_id, ticket.label, visitor.since)
        except BoundElsewhere:
            return notice_page(notices.BOUND_ELSEWHERE, f"{request.site}/me")
        log.write("a user was bound", {"Bound": 1})
        mine = equal("openid_of_opener", openid)
        self._table.write(Write(_key(ticket), mine, {"used": True}))
        return see_other(self._return_to(request.site, ticket))

    def _refusal(self, site: str, ticket: Ticket, visitor: Visitor) -> Response | None:
        """Says why the visitor may not use the ticket; None if they may, and then it is theirs."""
        openid = visitor.profile.openid
        now = self._clock()
        free = any_of(
            absent("openid_of_opener"),
            equal("openid_of_opener", openid),
            at_most("expires", now),
        )
        opener = {"openid_of_opener": openid, "expires": now + 2 * TICKET_SECONDS}
        try:
            item = self._table.write(Write(_key(ticket), free, opener))
        except ConditionFailed:
            return notice_page(notices.TICKET_ENDED, f"{site}/me")
        if visitor.profile.user_id == ticket.user_id:
            return notice_page(notices.BOUND_ALREADY, self._return_to(site, ticket))
        if item.get("used"):
            return notice_page(notices.TICKET_ENDED, f"{site}/me")
        elsewhere = visitor.profile.user_id or self._profiles.bound_to(ticket.user_id)
        return notice_page(notices.BOUND_ELSEWHERE, f"{site}/me") if elsewhere else None

    def _return_to(self, site: str, ticket: Ticket) -> str:
        """Where the visitor goes after binding: back to an allowed address, or to `/me`."""
        return ticket.return_to if self._may_lead_to(ticket.return_to) else f"{site}/me"

    def _may_lead_to(self, url: str) -> bool:
        return any(_within(url, allowed) for allowed in self._return_urls)


def _key(ticket: Ticket) -> str:
    return f"ticket#{ticket.id}"


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _within(url: str, allowed: str) -> bool:
    """Whether `url` is on the allowed site, and below its path."""
    try:
        given, known = urlsplit(url), urlsplit(allowed)
    except ValueError:
        return False
    written_plainly = url.isascii() and url.isprintable() and not set(url) & set(" \\\"<>;,'")
    same_site = (given.scheme, given.netloc) == (known.scheme, known.netloc)
    below = f"{given.path.rstrip('/')}/".startswith(f"{known.path.rstrip('/')}/")
    return bool(
        written_plainly and known.netloc and same_site and below and ".." not in unquote(url)
    )

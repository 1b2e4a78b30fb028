"""Writes profiles: each write sets only what it knows, and older data never replaces newer.

    subscribe, unsubscribe      subscribed, since, scene              dated by the event
    a consent, a renewal        the grant, and what the user shows    dated by our request
    binding                     user_id                               both sides in one write
    revoked, signed out         valid_from: earlier sessions end
    forgotten                   all but that date, which stays until no session can be left

A bound user of the site has an item, `user#<user_id>`, that holds the openid. When two openids
bind one user at the same time, both write that item, and one of them fails.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, TypeAlias

from ..conditions import Condition, Item, absent, all_of, any_of, at_most, equal, holds
from ..ports import ConditionFailed, ProfileTable, Unavailable, Write
from ..wechat.authorization import Scope, SnsUserInfo
from .profile import Profile

SESSION_SECONDS = 7 * 24 * 3600
"""Seconds for which a visitor stays signed in."""

GRANTED = ("scope", "refresh_token", "refresh_token_at", "access_token", "access_token_ends")
"""What a consent grants besides the profile itself; both tokens are sealed."""
SHOWN = (
    "nickname", "sex", "province", "city", "country", "headimgurl", "privilege", "language",
)  # fmt: skip
"""What a user shows when they allow it."""
BOUND = ("user_id", "user_label")
TRIES = 3
"""How often a removal is tried on a profile that changes at the same time."""


class BoundElsewhere(Exception):
    """The user of the site belongs to another openid, or the openid to another user."""


class Profiles:
    """The profiles of one account."""

    def __init__(self, table: ProfileTable, clock: Callable[[], float] = time.time) -> None:
        self._table = table
        self._clock = clock

    def get(self, openid: str) -> Profile | None:
        """The profile of a user, None for an unknown one. Raises Unavailable."""
        item = self._table.get(openid)
        return None if item is None else Profile.read(openid, item)

    def of_user(self, user_id: str) -> Profile | None:
        """The profile bound to the site's user; a new binding shows late. Raises Unavailable."""
        openid = self._table.openid_of(user_id)
        profile = None if openid is None else self.get(openid)
        # The index lags behind an unbinding, and nobody may get messages meant for somebody else.
        return profile if profile and profile.user_id == user_id else None

    def granted(self, openid: str) -> Item:
        """The fields in GRANTED and their date `granted`, if any. Raises Unavailable."""
        item = self._table.get(openid) or {}
        return {name: item[name] for name in (*GRANTED, "granted") if "scope" in item}

    # --- What is learned of a user ------------------------------------------------------------

    def authorized(self, openid: str, grant: Item, shown: SnsUserInfo | None, asked: float) -> None:
        """Stores a `grant` (the fields in GRANTED) and the profile that the user showed.

        `asked` is when we asked WeChat, in epoch seconds. Raises Unavailable; then everything is
        stored, or nothing.
        """
        condition, granted = _granted(grant, asked)
        groups: list[_Group] = [(condition, {**granted, "consented": asked})]
        if shown is not None:
            groups.append(_shown(shown, asked))
        self._learn(openid, *groups)

    def renewed(
        self, openid: str, before: float, grant: Item, shown: SnsUserInfo | None, asked: float
    ) -> None:
        """Stores what a renewal brought, unless the grant of `before` was replaced or revoked.

        `before` and `asked` are in epoch seconds. Raises Unavailable.
        """
        groups = [_granted(grant, asked)]
        if shown is not None:
            groups.append(_shown(shown, asked))
        still_stands = equal("granted", before)
        self._learn(openid, *((all_of(each, still_stands), sets) for each, sets in groups))

    def subscribed(self, openid: str, when: float, scene: str) -> None:
        """Stores that the user follows the account. Raises Unavailable."""
        known = {"subscribed": True, "since": when, "scene": scene}
        self._learn(openid, (_not_after("since", when), known))

    def unsubscribed(self, openid: str, when: float) -> None:
        """Stores that the user stopped following the account. Raises Unavailable."""
        known = {"subscribed": False, "since": when}
        self._learn(openid, (_not_after("since", when), known), forgotten=True)

    def must_authorize_again(self, openid: str, asked: float) -> None:
        """Stores that the grant had ended when we `asked` WeChat. Raises Unavailable."""
        ended = (_not_after("granted", asked), {"authorize_again": True})
        self._learn(openid, ended, forgotten=True)

    # --- What is removed ----------------------------------------------------------------------

    def sign_out_everywhere(self, openid: str) -> None:
        """Ends all sessions of the user. Raises Unavailable."""
        now = self._clock()
        self._take_back(Write(openid, _ALWAYS, {"valid_from": now, "updated": now}))

    def withdraw(self, openid: str, when: float) -> None:
        """Removes what the user showed and allowed, and ends their sessions; the rest stays.

        Does nothing if they consented again after `when` (epoch seconds). Raises Unavailable.
        """
        dates = dict.fromkeys(("valid_from", "consented", "granted", "shown"), when)
        removes = (*GRANTED, *SHOWN, "unionid", "authorize_again")
        updated = {**dates, "updated": self._clock()}
        self._take_back(Write(openid, _not_after("consented", when), updated, removes=removes))

    def forget(self, openid: str, when: float) -> None:
        """Removes all about the user, unless they consented after `when`. Raises Unavailable."""
        dates = dict.fromkeys(("valid_from", "consented", "granted", "shown", "since"), when)
        rest = ("unionid", "authorize_again", "subscribed", "scene", "created", "updated")
        write = Write(
            openid,
            _not_after("consented", when),
            {**dates, "expires": when + 2 * SESSION_SECONDS},
            removes=(*GRANTED, *SHOWN, *BOUND, *rest),
        )
        self._take_back(write)

    # --- The site's own users -----------------------------------------------------------------

    def bind(self, openid: str, user_id: str, label: str, session: float | None = None) -> None:
        """Binds the openid to a user of the site; doing it again changes nothing.

        `session` is when the session began. Raises BoundElsewhere, also when that session has been
        ended, or Unavailable.
        """
        now = self._clock()
        free = any_of(absent("user_id"), equal("user_id", user_id))
        valid = _not_after("valid_from", now if session is None else session)
        bound = {"user_id": user_id, "user_label": label, "updated": now}
        try:
            self._table.write(
                Write(openid, all_of(free, valid), bound, {"created": now}, ("expires",)),
                Write(_user(user_id), _unbound(openid), {"bound_to": openid}, {}, ("expires",)),
            )
        except ConditionFailed:
            raise BoundElsewhere from None

    def bound_to(self, user_id: str) -> str | None:
        """The openid of a user of the site, read consistently. Raises Unavailable."""
        item = self._table.get(_user(user_id)) or {}
        return item.get("bound_to")

    def unbind(self, openid: str) -> None:
        """Unbinds the openid from the site's user, and ends sessions. Raises Unavailable."""
        now = self._clock()
        self._take_back(Write(openid, _ALWAYS, {"valid_from": now, "updated": now}, removes=BOUND))

    # --- Writes -------------------------------------------------------------------------------

    def _learn(self, openid: str, *groups: "_Group", forgotten: bool = False) -> None:
        """Writes the groups whose conditions hold; with `forgotten`, a user stays forgotten."""
        now = self._clock()
        removes = () if forgotten else ("expires",)

        def write(*learned: "_Group") -> Write:
            sets = {name: value for _, group in learned for name, value in group.items()}
            condition = all_of(*(condition for condition, _ in learned))
            return Write(openid, condition, {**sets, "updated": now}, {"created": now}, removes)

        try:
            self._table.write(write(*groups))
        except ConditionFailed as refused:
            item = refused.found[openid]
            for group in [group for group in groups if holds(group[0], item)]:
                with suppress(ConditionFailed):  # another write has just stored newer data
                    self._table.write(write(group))

    def _take_back(self, write: Write) -> None:
        """Writes if the condition holds, and frees the site's user if the binding goes.

        `valid_from` never goes back, because that would bring ended sessions to life.
        """
        for _ in range(TRIES):
            item = self._table.get(write.key) or {}
            try:
                self._table.write(*_releasing(write, item, self._clock()))
            except ConditionFailed as refused:
                if not holds(write.condition, refused.found.get(write.key)):
                    return
            else:
                return
        raise Unavailable("a profile kept changing while it was written")


_Group: TypeAlias = tuple[Condition, Mapping[str, Any]]
"""Attributes that are written together, if the condition holds."""
_ALWAYS = absent("never")


def _not_after(date: str, when: float) -> Condition:
    return any_of(absent(date), at_most(date, when))


def _granted(grant: Item, asked: float) -> _Group:
    """A grant for the openid alone never replaces a grant for the whole profile."""
    condition = _not_after("granted", asked)
    if grant["scope"] != Scope.USERINFO.value:
        condition = all_of(condition, any_of(absent("scope"), equal("scope", grant["scope"])))
    return condition, {**grant, "granted": asked, "authorize_again": False}


def _shown(shown: SnsUserInfo, asked: float) -> _Group:
    values = {name: getattr(shown, name) for name in SHOWN}
    if shown.unionid:
        values["unionid"] = shown.unionid
    return _not_after("shown", asked), {**values, "shown": asked}


def _user(user_id: str) -> str:
    return f"user#{user_id}"  # no openid has a #


def _unbound(openid: str) -> Condition:
    return any_of(absent("bound_to"), equal("bound_to", openid))


def _releasing(write: Write, item: Item, now: float) -> list[Write]:
    """`write` for the `item` as it was read; if it removes the binding, it frees both sides."""
    user_id = item.get("user_id")
    valid_from = max(write.sets["valid_from"], item.get("valid_from", 0.0))
    unchanged = (_as_read(item, "user_id"), _as_read(item, "valid_from"))
    condition = all_of(write.condition, *unchanged)
    sets = {**write.sets, "valid_from": valid_from}
    writes = [replace(write, condition=condition, sets=sets)]
    if user_id is not None and "user_id" in write.removes:
        free = {"expires": now}
        writes.append(Write(_user(user_id), _unbound(write.key), free, removes=("bound_to",)))
    return writes


def _as_read(item: Item, name: str) -> Condition:
    return equal(name, item[name]) if name in item else absent(name)

"""A profile's life: each write touches what it knows, and an older answer replaces no newer one.

    subscribe, unsubscribe      subscribed, since, scene              dated by the event
    a consent, a renewal        the grant, and what the user shows    dated by our question
    binding                     user_id                               both sides at once
    revoked, signed out         valid_from: sessions before it end
    forgotten                   all but that date, which stays until no session can be left

A user of the site has an item, `user#<user_id>`, that names the openid bound to them. Two openids
that ask for one user at once write to the same place, and one of them loses.
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
"""How long a visitor stays signed in."""

GRANTED = ("scope", "refresh_token", "refresh_token_at", "access_token", "access_token_ends")
"""What a consent gives besides the profile itself; both tokens sealed."""
SHOWN = (
    "nickname", "sex", "province", "city", "country", "headimgurl", "privilege", "language",
)  # fmt: skip
"""What a user shows of themselves."""
BOUND = ("user_id", "user_label")
TRIES = 3
"""How often something is taken back from a profile that changes meanwhile."""


class BoundElsewhere(Exception):
    """The user of the site belongs to another openid, or the openid to another user."""


class Profiles:
    """The profiles of one account."""

    def __init__(self, table: ProfileTable, clock: Callable[[], float] = time.time) -> None:
        self._table = table
        self._clock = clock

    def get(self, openid: str) -> Profile | None:
        """Raises Unavailable."""
        item = self._table.get(openid)
        return None if item is None else Profile.read(openid, item)

    def of_user(self, user_id: str) -> Profile | None:
        """Who is bound to the site's user, a moment after the binding. Raises Unavailable."""
        openid = self._table.openid_of(user_id)
        profile = None if openid is None else self.get(openid)
        # The index may not know yet of an unbinding; nobody may get messages meant for another.
        return profile if profile and profile.user_id == user_id else None

    def granted(self, openid: str) -> Item:
        """What GRANTED names, and when it was `granted`, if it was. Raises Unavailable."""
        item = self._table.get(openid) or {}
        return {name: item[name] for name in (*GRANTED, "granted") if "scope" in item}

    # --- What is learned of a user ------------------------------------------------------------

    def authorized(self, openid: str, grant: Item, shown: SnsUserInfo | None, asked: float) -> None:
        """The user consented to a `grant`, what GRANTED names, and showed a profile, when `asked`.

        Raises Unavailable, after which all of it is stored, or nothing.
        """
        condition, granted = _granted(grant, asked)
        groups: list[_Group] = [(condition, {**granted, "consented": asked})]
        if shown is not None:
            groups.append(_shown(shown, asked))
        self._learn(openid, *groups)

    def renewed(
        self, openid: str, before: float, grant: Item, shown: SnsUserInfo | None, asked: float
    ) -> None:
        """What was granted `before` is used or renewed, unless it was taken back meanwhile.

        Raises Unavailable.
        """
        groups = [_granted(grant, asked)]
        if shown is not None:
            groups.append(_shown(shown, asked))
        still_stands = equal("granted", before)
        self._learn(openid, *((all_of(each, still_stands), sets) for each, sets in groups))

    def subscribed(self, openid: str, when: float, scene: str) -> None:
        """The user follows the account. Raises Unavailable."""
        known = {"subscribed": True, "since": when, "scene": scene}
        self._learn(openid, (_not_after("since", when), known))

    def unsubscribed(self, openid: str, when: float) -> None:
        """The user no longer follows the account. Raises Unavailable."""
        known = {"subscribed": False, "since": when}
        self._learn(openid, (_not_after("since", when), known), forgotten=True)

    def must_authorize_again(self, openid: str, asked: float) -> None:
        """What the user once allowed had ended when it was `asked` for. Raises Unavailable."""
        ended = (_not_after("granted", asked), {"authorize_again": True})
        self._learn(openid, ended, forgotten=True)

    # --- What is taken back -------------------------------------------------------------------

    def sign_out_everywhere(self, openid: str) -> None:
        """Ends all sessions of the user. Raises Unavailable."""
        now = self._clock()
        self._take_back(Write(openid, _ALWAYS, {"valid_from": now, "updated": now}))

    def withdraw(self, openid: str, when: float) -> None:
        """What the user showed and allowed goes, and their sessions end; the rest stays.

        Does nothing when they consented again after `when`. Raises Unavailable.
        """
        dates = dict.fromkeys(("valid_from", "consented", "granted", "shown"), when)
        removes = (*GRANTED, *SHOWN, "unionid", "authorize_again")
        updated = {**dates, "updated": self._clock()}
        self._take_back(Write(openid, _not_after("consented", when), updated, removes=removes))

    def forget(self, openid: str, when: float) -> None:
        """Everything about the user goes, unless they consented later. Raises Unavailable."""
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
        """Ties the openid to a user of the site; doing it again changes nothing.

        Raises BoundElsewhere, also for a `session` that began before the user's sessions were
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
        """The openid of a user of the site, as the last write left it. Raises Unavailable."""
        item = self._table.get(_user(user_id)) or {}
        return item.get("bound_to")

    def unbind(self, openid: str) -> None:
        """Unties the openid from the site's user, and ends the sessions. Raises Unavailable."""
        now = self._clock()
        self._take_back(Write(openid, _ALWAYS, {"valid_from": now, "updated": now}, removes=BOUND))

    # --- Writes -------------------------------------------------------------------------------

    def _learn(self, openid: str, *groups: "_Group", forgotten: bool = False) -> None:
        """Writes each group if its condition holds; a forgotten user stays so if `forgotten`."""
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
                with suppress(ConditionFailed):  # somebody has just learned it, too, and later
                    self._table.write(write(group))

    def _take_back(self, write: Write) -> None:
        """Writes if its condition holds; a user of the site that it removes becomes free."""
        for _ in range(TRIES):
            user_id = (self._table.get(write.key) or {}).get("user_id")
            try:
                self._table.write(*_releasing(write, user_id, self._clock()))
            except ConditionFailed as refused:
                if not holds(write.condition, refused.found.get(write.key)):
                    return
            else:
                return
        raise Unavailable("a profile changes all the time")


_Group: TypeAlias = tuple[Condition, Mapping[str, Any]]
"""What is known together, if its condition holds."""
_ALWAYS = absent("never")


def _not_after(date: str, when: float) -> Condition:
    return any_of(absent(date), at_most(date, when))


def _granted(grant: Item, asked: float) -> _Group:
    """A grant of the openid alone does not replace one of the whole profile."""
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


def _releasing(write: Write, user_id: str | None, now: float) -> list[Write]:
    """`write` for somebody who is bound to `user_id`; the user goes with it if it removes them."""
    same = absent("user_id") if user_id is None else equal("user_id", user_id)
    writes = [replace(write, condition=all_of(write.condition, same))]
    if user_id is not None and "user_id" in write.removes:
        free = {"expires": now}
        writes.append(Write(_user(user_id), _unbound(write.key), free, removes=("bound_to",)))
    return writes

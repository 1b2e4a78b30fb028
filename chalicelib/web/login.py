"""Who is signed in: a signed cookie that names the openid, checked against their profile."""

import hmac
import time
from collections.abc import Callable
from hashlib import sha256
from typing import NamedTuple

from ..users.profile import Profile
from ..users.profiles import SESSION_SECONDS, Profiles
from .http import Cookie, Request
from .signing import COOKIE_KEY, InvalidToken, Signer, SiteKeys

COOKIE = "__Host-session"


class Visitor(NamedTuple):
    """A signed-in user; `since` is the session's start in epoch seconds, `csrf` proves forms."""

    profile: Profile
    since: float
    csrf: str

    def sent_form(self, request: Request) -> bool:
        """Whether the request's form comes from a page that we showed to this visitor."""
        return hmac.compare_digest(self.csrf.encode(), request.form.get("csrf", "").encode())


def session_deleted(request: Request) -> list[Cookie]:
    """Deletes the session cookie if the browser sent one: forms of other sites bring none."""
    return [Cookie(COOKIE, "")] if COOKIE in request.cookies else []


class Logins:
    """Sessions; each lasts SESSION_SECONDS unless the user's profile ends it earlier."""

    def __init__(
        self, keys: SiteKeys, profiles: Profiles, clock: Callable[[], float] = time.time
    ) -> None:
        self._profiles = profiles
        self._clock = clock
        self._session = Signer(keys, COOKIE_KEY, "session", clock)
        self._form = Signer(keys, COOKIE_KEY, "form", clock)

    def cookie(self, openid: str, since: float) -> Cookie:
        """The cookie of a session that began at `since` (epoch seconds). Raises Unavailable."""
        until = since + SESSION_SECONDS
        value = self._session.sign({"openid": openid, "since": since}, until)
        return Cookie(COOKIE, value, SESSION_SECONDS)

    def visitor(self, request: Request) -> Visitor | None:
        """The signed-in user who sent the request, None if there is none. Raises Unavailable."""
        text = request.cookies.get(COOKIE, "")
        try:
            session = self._session.open(text)
        except InvalidToken:
            return None
        profile = self._profiles.get(session["openid"])
        if profile is None or session["since"] < profile.valid_from:
            return None
        return Visitor(profile, session["since"], self._csrf(text, session["until"]))

    def _csrf(self, session: str, until: float) -> str:
        return self._form.sign({"session": sha256(session.encode()).hexdigest()}, until)

"""Keeps profiles up to date: what the backend itself does with a push, before any handler.

    subscribe, unsubscribe              marks the profile
    user_info_modified                  the worker asks WeChat for the profile again
    user_authorization_revoke           deletes what the user allowed, ends their sessions
    user_authorization_cancellation     deletes the user

Doing an effect twice is harmless. What the door cannot do becomes a job of the route EFFECTS.
"""

from collections.abc import Callable

from .. import log
from ..wechat.messages import (
    PrivacyEvent,
    Push,
    SubscribeEvent,
    UnsubscribeEvent,
    UserAuthorizationCancellationEvent,
    UserAuthorizationRevokeEvent,
    UserInfoModifiedEvent,
)
from .profile import Profile
from .profiles import Profiles

PROFILE_EVENTS = (UnsubscribeEvent, PrivacyEvent)
"""Events that need no handler: they only change a profile, and no user waits for an answer."""
EFFECTS = ":effects"
"""The route of such a job; no handler can have this name."""


def user_of(push: Push) -> str:
    """The openid of the user that `push` is about, who may not be its sender."""
    about = push.open_id if isinstance(push, PrivacyEvent) else ""
    return about or push.from_user_name


CLOCKS = 5
"""Seconds by which WeChat's clock may be behind ours."""


class ForWorker(Exception):
    """The worker has to do it, because it needs a call to WeChat's API."""


class Effects:
    """The effects of pushes on profiles.

    `proven` says whether signatures cover the bodies of pushes, too. `renew` asks WeChat for a
    profile again; only the worker has it.
    """

    def __init__(
        self,
        profiles: Profiles,
        *,
        proven: bool,
        renew: Callable[[str], None] | None = None,
    ) -> None:
        self._profiles = profiles
        self._proven = proven
        self._renew = renew

    def profile(self, openid: str) -> Profile:
        """The user's profile, empty for an unknown user. Raises Unavailable."""
        return self._profiles.get(openid) or Profile(openid)

    def apply(self, push: Push, arrival: float) -> None:
        """Applies a push that came at `arrival` (epoch seconds); most pushes have no effect.

        Raises ForWorker or Unavailable, and ApiError when it renews a profile.
        """
        match push:
            case SubscribeEvent():
                self._profiles.subscribed(push.from_user_name, push.create_time, push.scene)
            case UnsubscribeEvent():
                self._profiles.unsubscribed(push.from_user_name, push.create_time)
            case PrivacyEvent() if self._proven:
                self._follow(push, arrival)
            case PrivacyEvent():
                kind = type(push).__name__
                log.error("in plaintext mode anybody could have sent this", event_kind=kind)

    def _follow(self, event: PrivacyEvent, arrival: float) -> None:
        openid, when = user_of(event), _dated(event, arrival)
        match event:
            case UserInfoModifiedEvent():
                if self._renew is None:
                    raise ForWorker
                self._renew(openid)
            case UserAuthorizationRevokeEvent():
                self._profiles.withdraw(openid, when)
            case UserAuthorizationCancellationEvent():
                self._profiles.forget(openid, when)
        log.write("an event changed a profile", None, event_kind=type(event).__name__)


def _dated(event: PrivacyEvent, arrival: float) -> float:
    """When the event happened, so that a recorded one, sent again, undoes no later consent."""
    return min(arrival, event.create_time + CLOCKS) if event.create_time > 0 else arrival

"""What the backend itself does with a push, before any handler: it keeps profiles true.

    subscribe, unsubscribe              marked
    user_info_modified                  asked for again, which the worker does
    user_authorization_revoke           what the user allowed is gone, their sessions end
    user_authorization_cancellation     the user is gone

Each may be done twice. What cannot be done at the door becomes a job under the route EFFECTS.
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
"""What nobody needs a handler for: the profile follows, and no user waits for an answer."""
EFFECTS = ":effects"
"""The route of such a job; no handler can be called so."""


def user_of(push: Push) -> str:
    """The openid of the user user_of `push` is about, which its sender may not be."""
    about = push.open_id if isinstance(push, PrivacyEvent) else ""
    return about or push.from_user_name


class ForWorker(Exception):
    """The worker has to do it, because it takes a call of WeChat's API."""


class Effects:
    """The effects of pushes on profiles.

    `proven` tells whether pushes are proved to come from WeChat, bodies and all; `renew` asks
    for a profile again, where that can be done.
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
        """What is known of a user, even if that is nothing. Raises Unavailable."""
        return self._profiles.get(openid) or Profile(openid)

    def apply(self, push: Push, arrival: float) -> None:
        """Does what `push` asks of us, which came at `arrival`; of most pushes that is nothing.

        Raises ForWorker or Unavailable, and ApiError where it renews.
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
        openid = user_of(event)
        match event:
            case UserInfoModifiedEvent():
                if self._renew is None:
                    raise ForWorker
                self._renew(openid)
            case UserAuthorizationRevokeEvent():
                self._profiles.withdraw(openid, arrival)
            case UserAuthorizationCancellationEvent():
                self._profiles.forget(openid, arrival)
        log.write("an event changed a profile", None, event_kind=type(event).__name__)

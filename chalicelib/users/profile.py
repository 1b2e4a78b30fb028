"""A user's profile, as handlers and pages see it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True, repr=False)
class Profile:
    """A user of the account; unknown fields are empty, times are in epoch seconds.

    `subscribed` is None until the first event and changed last at `since`; `scene` is that of the
    QR code, if there was one. `user_id` is the site's own id, which pages show as `user_label`.
    """

    openid: str
    unionid: str = ""
    nickname: str = ""
    sex: int = 0
    province: str = ""
    city: str = ""
    country: str = ""
    headimgurl: str = ""
    privilege: tuple[str, ...] = ()
    language: str = ""
    scope: str = ""
    subscribed: bool | None = None
    since: float = 0.0
    scene: str = ""
    user_id: str = ""
    user_label: str = ""
    authorize_again: bool = False
    valid_from: float = 0.0
    created: float = 0.0
    updated: float = 0.0

    @classmethod
    def read(cls, openid: str, item: Mapping[str, Any]) -> "Profile":
        """Reads the profile from an item of the table."""
        known = {each.name for each in fields(cls)} & item.keys()
        values = {name: item[name] for name in known}
        return cls(openid, **(values | {"sex": int(values.get("sex", 0))}))

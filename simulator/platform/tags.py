"""Tags that an account gives to its followers.

https://developers.weixin.qq.com/doc/service/api/usermanage/tag/api_createtag.html
"""

from collections import defaultdict
from collections.abc import Sequence

from .refusals import Refused

RESERVED = (0, 1, 2)
"""Tags that WeChat makes itself and lets nobody change."""
_STARRED = 2
_FIRST = 100
_MOST_TAGS = 100
_MOST_OF_A_USER = 20
_NAME_BYTES = 30


class Tags:
    """Those of one account, and who has them."""

    def __init__(self) -> None:
        self.names: dict[int, str] = {_STARRED: "星标组"}
        self._of: defaultdict[str, list[int]] = defaultdict(list)
        self._next = _FIRST

    def create(self, name: object) -> int:
        """The id of a new tag. Raises Refused."""
        checked = self._checked(name)
        if len(self.names.keys() - set(RESERVED)) >= _MOST_TAGS:
            raise Refused(45056)
        self.names[self._next] = checked
        self._next += 1
        return self._next - 1

    def rename(self, tag: object, name: object) -> None:
        """Raises Refused."""
        self.names[self._own(tag)] = self._checked(name, self._own(tag))

    def delete(self, tag: object) -> None:
        """Takes the tag away from everybody, too. Raises Refused."""
        own = self._own(tag)
        del self.names[own]
        for tags in self._of.values():
            if own in tags:
                tags.remove(own)

    def give(self, tag: object, openids: Sequence[str]) -> None:
        """Gives the tag to all of them or, raising Refused, to nobody."""
        known = self.known(tag)
        new = [openid for openid in openids if known not in self._of[openid]]
        if any(len(self._of[openid]) >= _MOST_OF_A_USER for openid in new):
            raise Refused(45059)
        for openid in new:
            self._of[openid].append(known)

    def take(self, tag: object, openids: Sequence[str]) -> None:
        """Raises Refused."""
        known = self.known(tag)
        for openid in openids:
            if known in self._of[openid]:
                self._of[openid].remove(known)

    def of(self, openid: str) -> list[int]:
        return list(self._of[openid])

    def forget(self, openid: str) -> None:
        """The user has unfollowed, and comes back without tags."""
        self._of.pop(openid, None)

    def tagged(self, tag: object) -> list[str]:
        """The openids of those who have the tag. Raises Refused."""
        known = self.known(tag)
        return [openid for openid, tags in self._of.items() if known in tags]

    def known(self, tag: object) -> int:
        """The tag, if there is one of that id. Raises Refused."""
        if type(tag) is not int or tag not in self.names:
            raise Refused(45159)
        return tag

    def _own(self, tag: object) -> int:
        """The tag, if the account has made it. Raises Refused."""
        if tag in RESERVED:
            raise Refused(45058)
        return self.known(tag)

    def _checked(self, name: object, of: int | None = None) -> str:
        taken = [each for tag, each in self.names.items() if tag != of]
        if not isinstance(name, str) or not name.strip() or name in taken:
            raise Refused(45157)
        if len(name.encode("utf-8", "replace")) > _NAME_BYTES:
            raise Refused(45158)
        return name

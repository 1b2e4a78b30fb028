"""Subscribe messages: a user agrees to get one, or to get them until they say otherwise.

Users agree on WeChat's own page or button, which pushes subscribe_msg_popup_event. They change
their minds in the settings, which pushes subscribe_msg_change_event.
https://developers.weixin.qq.com/doc/service/guide/product/subscribe_message/intro.html
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from simulator.pushes import Push

from .refusals import Refused

_POPUP, _CHANGE = "SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent"


class Consents:
    """How many messages of each template each user of one account has agreed to."""

    def __init__(self) -> None:
        self._left: Counter[tuple[str, str]] = Counter()

    def heard(self, push: Push) -> None:
        """Registers what the user agrees to, or no longer does."""
        for chosen in _choices(push.fields.get(_POPUP)):
            if chosen.get("SubscribeStatusString") == "accept":
                self._left[push.from_user_name, str(chosen.get("TemplateId"))] += 1
        for chosen in _choices(push.fields.get(_CHANGE)):
            if chosen.get("SubscribeStatusString") == "reject":
                self._left.pop((push.from_user_name, str(chosen.get("TemplateId"))), None)

    def use(self, openid: str, template_id: str, *, is_lasting: bool = False) -> None:
        """Counts one message. Raises Refused if the user has not agreed to it."""
        if not self._left[openid, template_id]:
            raise Refused(43101)
        if not is_lasting:
            self._left[openid, template_id] -= 1


def _choices(event: Any) -> list[Mapping[str, Any]]:
    """What the user has chosen, for one template or for several."""
    chosen = event.get("List") if isinstance(event, Mapping) else None
    listed = chosen if isinstance(chosen, list) else [chosen]
    return [each for each in listed if isinstance(each, Mapping)]

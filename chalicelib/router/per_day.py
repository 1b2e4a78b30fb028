"""How often a user may use a route in a day."""

from dataclasses import dataclass

from ..wechat.replies import Reply


@dataclass(frozen=True, slots=True)
class PerDay:
    """So many `times` a day of China; from then on the answer is `text`."""

    times: int
    text: Reply | str

"""Sends a late answer as customer service messages, part by part.

WeChat has no idempotency key, so each sent part is recorded before the next one goes. If the
connection, the function or the table fails between a part's last byte and its record, that part
may go twice. The log says so, and a metric counts it.

https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Service_Center_messages.html
"""

import time
from collections.abc import Callable

from .. import log
from ..api.client import Api
from ..ports import ConditionFailed, Table, Unavailable
from ..wechat.customer_service import CannotTravelLate, Payload, parts
from ..wechat.errors import ApiError, Final, MessageRefused, NotNow, Uncertain
from ..wechat.replies import Reply
from . import record
from .late import InDoubt, Parcel

RECORD_TRIES = 3
"""How often the record of a sent part is tried before the part may be sent again."""


class CustomerService:
    """The late answers of an account that has WeChat's customer service API."""

    def __init__(
        self,
        api: Api,
        table: Table,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._api = api
        self._table = table
        self._clock = clock
        self._sleep = sleep

    def working(self, openid: str) -> None:
        try:
            self._api.typing(openid)
        except (ApiError, Unavailable) as error:
            log.write("typing could not be shown", problem=str(error))

    def apologize(self, openid: str, apology: Reply) -> None:
        for payload in _payloads((apology,)):
            self._api.send(openid, payload)

    def deliver(self, parcel: Parcel) -> str:
        payloads = _payloads(parcel.said)
        if not payloads:
            self._record(parcel, 0, last=True)
            return "dropped" if parcel.said else "silent"
        if parcel.in_doubt == parcel.sent + 1:
            log.error(
                "a part of an answer may be sent twice",
                {"PartRepeated": 1},
                identity=parcel.identity,
                part=parcel.in_doubt,
            )
        for number, payload in enumerate(payloads[parcel.sent :], parcel.sent):
            try:
                reason = self._unsendable(parcel, number, payload)
            except MessageRefused as error:
                self._count_dropped(parcel, str(error), 1)
                reason = ""
            if reason:
                self._count_dropped(parcel, reason, len(payloads) - number)
                self._record(parcel, len(payloads), last=True)
                return "dropped"
            self._record(parcel, number + 1, last=number + 1 == len(payloads))
        return "sent"

    def _unsendable(self, parcel: Parcel, number: int, payload: Payload) -> str:
        """Sends a part and returns an empty string, or says why no part can be sent any more.

        Raises MessageRefused, or an error that means the part must be tried again.
        """
        if parcel.window is None:
            return "no_window"
        if self._clock() > parcel.arrival + parcel.window.seconds:
            return "window_closed"
        if number >= parcel.window.messages:
            return "window_full"
        try:
            self._api.send(parcel.openid, payload)
        except MessageRefused:
            raise
        except (Final, NotNow) as error:
            return str(error)
        except Uncertain as error:
            raise InDoubt(number + 1) from error
        return ""

    def _record(self, parcel: Parcel, sent: int, *, last: bool) -> None:
        write = record.sent(parcel.identity, parcel.owner, sent, last=last)
        for attempt in range(1, RECORD_TRIES + 1):
            try:
                self._table.write(write)
            except ConditionFailed:
                raise InDoubt(sent) from None
            except Unavailable:
                if attempt == RECORD_TRIES:
                    raise InDoubt(sent) from None
                self._sleep(0.2)
            else:
                return

    def _count_dropped(self, parcel: Parcel, reason: str, count: int) -> None:
        log.error(
            "an answer cannot be sent any more and was dropped",
            {"AnswerDropped": count},
            identity=parcel.identity,
            reason=reason,
        )


def _payloads(said: tuple[Reply, ...]) -> list[Payload]:
    payloads: list[Payload] = []
    for reply in said:
        try:
            payloads += parts(reply)
        except CannotTravelLate as error:
            log.error(
                "a reply has no late form and was dropped", {"AnswerDropped": 1}, kind=str(error)
            )
    return payloads

"""WeChat waits five seconds for an answer and delivers a push three times in all.

    answered in time, status 200     success or empty: silence
                                     a passive reply:  the user sees it
                                     anything else:    the user reads the fault text
    no answer within the limit       WeChat hangs up and delivers again at once
    another status, no connection    WeChat delivers again within about a second
    nothing after the last delivery  the user reads the fault text

Every delivery of a push has the same query and the same body, byte for byte.
"""

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import httpx

from . import replies
from .account import Account
from .certificates import trusted
from .envelopes import Sealed, open_reply, seal, signed_query
from .faults import CLOCK_SKEW, FOURTH_DELIVERY, NETWORK_LATENCY, RESPONSES_LOST, Faults
from .outcome import BadReply, Exchange, Failure, Outcome
from .pushes import Push

_SILENCE = (b"", b"success")


@dataclass(frozen=True, slots=True)
class Rules:
    """How WeChat delivers a push, with all times in seconds.

    A delivery may take `limit`, the next one starts after `pause`, and there are `deliveries` in
    all. The network takes `travel` each way and loses the first `lost` responses. WeChat's clock
    is `ahead` of ours.
    """

    limit: float = 5.0
    pause: float = 1.0
    deliveries: int = 3
    travel: float = 0.0
    lost: int = 0
    ahead: float = 0.0

    @classmethod
    def under(cls, faults: Faults) -> "Rules":
        """WeChat's rules, changed by the faults that are on."""
        return cls(
            deliveries=4 if faults.is_on(FOURTH_DELIVERY) else 3,
            travel=faults.amount(NETWORK_LATENCY),
            lost=int(faults.amount(RESPONSES_LOST)),
            ahead=faults.amount(CLOCK_SKEW),
        )


WECHAT = Rules()


def deliver(account: Account, push: Push, url: str, rules: Rules = WECHAT) -> Outcome:
    """Delivers `push` to the backend at `url` and returns what the user sees."""
    return asyncio.run(deliver_async(account, push, url, rules))


async def deliver_async(
    account: Account,
    push: Push,
    url: str,
    rules: Rules = WECHAT,
    watch: Callable[[Exchange], None] = lambda _: None,
) -> Outcome:
    """Does the same in an event loop. Cancelling it hangs up. `watch` gets each delivery."""
    sealed = seal(account, push, time.time() + rules.ahead)
    exchanges: list[Exchange] = []
    async with _client() as client:
        while len(exchanges) < rules.deliveries:
            is_lost = len(exchanges) < rules.lost
            sent, response = await _post(client, url, sealed, rules, is_lost=is_lost)
            exchanges.append(_answered(sent, response, account, push) if response else sent)
            watch(exchanges[-1])
            failure = exchanges[-1].failure
            if failure is None or not failure.delivered_again:
                break
            if failure is not Failure.TOO_LATE and len(exchanges) < rules.deliveries:
                await asyncio.sleep(rules.pause)
    return Outcome(tuple(exchanges), unread=push.fields.get("Event") == "unsubscribe")


def verify(account: Account, url: str, rules: Rules = WECHAT) -> bool:
    """Whether the backend passes the check that the platform runs when settings are saved."""
    return asyncio.run(_verify(account, url, rules.limit))


async def _verify(account: Account, url: str, limit: float) -> bool:
    echostr = str(secrets.randbits(63))
    query = {**signed_query(account, time.time()), "echostr": echostr}
    try:
        async with _client() as client, asyncio.timeout(limit):
            response = await client.get(httpx.URL(url).copy_merge_params(query))
    except (TimeoutError, httpx.HTTPError):
        return False
    return response.status_code == 200 and response.content == echostr.encode()


def _client() -> httpx.AsyncClient:
    # No timeout of httpx, which starts again with every read, and no proxy of this machine.
    return httpx.AsyncClient(
        headers={"Connection": "close"},
        timeout=None,  # noqa: S113  # each whole delivery has a limit
        trust_env=False,
        verify=trusted(),
    )


async def _post(
    client: httpx.AsyncClient, url: str, sealed: Sealed, rules: Rules, *, is_lost: bool
) -> tuple[Exchange, httpx.Response | None]:
    """One delivery up to its response, which is None when the delivery failed."""
    at, started = time.time(), time.perf_counter()
    response = failure = None
    try:
        async with asyncio.timeout(rules.limit):
            await asyncio.sleep(rules.travel)
            on_its_way = await client.post(
                httpx.URL(url).copy_merge_params(sealed.query),
                content=sealed.body.encode("utf-8", "replace"),
                headers={"Content-Type": "text/xml"},
            )
            await asyncio.sleep(rules.limit if is_lost else rules.travel)
        response = on_its_way
    except TimeoutError:
        failure = Failure.TOO_LATE
    except httpx.ConnectError:
        failure = Failure.NOT_THERE
    except httpx.HTTPError:
        failure = Failure.CUT
    milliseconds = round((time.perf_counter() - started) * 1000)
    sent = Exchange(url, sealed.query, sealed.body, sealed.plain, milliseconds, at, failure=failure)
    return sent, response


def _answered(sent: Exchange, response: httpx.Response, account: Account, push: Push) -> Exchange:
    """The exchange, completed with how WeChat reads the response."""
    body = response.content
    answered = replace(
        sent, status=response.status_code, response_body=body.decode("utf-8", "replace")
    )
    if response.status_code != 200:
        return replace(answered, failure=Failure.BAD_STATUS)
    if body in _SILENCE:
        return answered
    try:
        document = open_reply(account, body)
        answered = replace(answered, reply_xml=document.decode("utf-8", "replace"))
        return replace(answered, reply=replies.read(document, account, push))
    except BadReply as bad:
        return replace(answered, failure=bad.failure)

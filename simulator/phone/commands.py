"""What a command of `python -m simulator` reads of the push that it has let this phone deliver.

GET  /deliveries/N       its outcome, as soon as it is known; ?language= is that of the answer
GET  /deliveries/N/late  the customer service messages for it so far, the tries that failed, whether
                         more may come, and what went wrong
"""

from dataclasses import asdict, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from simulator.language import Language
from simulator.outcome import Exchange
from simulator.wording import answered

from . import replay, requests
from .attribution import Attribution
from .backend_view import BackendView
from .conversation import Turn
from .notifier import Notifier
from .phone import Phone
from .problems import failure
from .queries import answer, missing
from .sent_messages import identities_sent_for

_LOOK = 1.0
_TRIED_AGAIN = {"PushFailed", "JobFailed"}
"""What a line counts that says of a failure after which another try comes."""


def routes(phone: Phone) -> list[BaseRoute]:
    """The routes of what commands read."""

    async def outcome(request: Request) -> Response:
        while True:
            ticket = phone.notifier.ticket()
            turn = _turn(phone, request)
            if turn is None:
                return missing()
            if turn.outcome:
                break
            await Notifier.wait(ticket, _LOOK)
        reply = turn.outcome.reply
        return answer(
            {
                "exchanges": [_exchange(each) for each in turn.outcome.exchanges],
                "unread": turn.outcome.unread,
                "agent": turn.outcome.agent,
                "answer": answered(reply, requests.language(request)) if reply else "",
            }
        )

    async def late(request: Request) -> Response:
        await phone.backend.look()
        turn = _turn(phone, request)
        if turn is None:
            return missing()
        return answer(_late(phone, turn, requests.language(request)))

    return [
        Route("/deliveries/{number:int}", outcome),
        Route("/deliveries/{number:int}/late", late),
    ]


def _late(phone: Phone, turn: Turn, language: Language) -> dict[str, Any]:
    """What came late of a turn, and what becomes of the rest."""
    messages = Attribution(phone.conversation.entries, phone.backend).late(turn)
    return {
        "messages": [
            {"number": each.number, "text": answered(each.received.message, language)}
            for each in messages
            if each.openid == turn.openid
        ],
        "failures": _failures(turn, phone.backend),
        "problem": phone.backend.log_summaries.get(turn.identity, {}).get("problem"),
        "over": replay.is_over(turn, phone.backend) and not _sends(turn, phone.backend),
    }


def _turn(phone: Phone, request: Request) -> Turn | None:
    number = request.path_params["number"]
    return next((each for each in phone.conversation.turns if each.number == number), None)


def _exchange(exchange: Exchange) -> dict[str, Any]:
    failure = exchange.failure.name if exchange.failure else None
    return {**asdict(replace(exchange, reply=None)), "failure": failure}


def _failures(turn: Turn, backend: BackendView) -> list[str]:
    """The exception that ended each try after which there is another one."""
    own = (line.entry for line in backend.lines if line.identity == turn.identity)
    return [failure(each) for each in own if each.keys() & _TRIED_AGAIN]


def _sends(turn: Turn, backend: BackendView) -> bool:
    """Whether a message that the backend sends for the turn is still in the queue."""
    own = identities_sent_for(turn.identity, turn.openid)
    return any(backend.is_queued(identity) for identity in own)

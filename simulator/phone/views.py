"""Entries, calls and faults as JSON for the page."""

from dataclasses import asdict
from typing import Any

from simulator.faults import FAULTS, Amount, Fault, Faults, explained
from simulator.outcome import Exchange, Outcome
from simulator.platform.world import Call
from simulator.wording import FAULT

from . import rendering
from .backend_view import BackendView
from .conversation import Conversation, Entry, Late, Turn
from .logs import Line
from .progress import expects_reply, progress


def entry(entry: Entry, conversation: Conversation, backend: BackendView) -> dict[str, Any]:
    """One entry of the chat, with how far its answer is. `details` has the rest."""
    told = _late(entry) if isinstance(entry, Late) else _turn(entry, conversation, backend)
    return {"number": entry.number, "at": entry.at, "openid": entry.openid, **told}


def call(number: int, call: Call) -> dict[str, Any]:
    return {"number": number, **asdict(call)}


def line(line: Line) -> dict[str, Any]:
    """A line of the log. `own` says whether it names a push."""
    return {**asdict(line), "own": bool(line.identity)}


def faults(faults: Faults) -> list[dict[str, Any]]:
    return [_fault(fault, faults) for fault in FAULTS]


def _fault(fault: Fault, faults: Faults) -> dict[str, Any]:
    return {
        "name": fault.name,
        "on": faults.is_on(fault),
        "explanation": explained(fault, faults.amount(fault)),
        "amount": _amount(fault.amount, faults.amount(fault)) if fault.amount else None,
    }


def _amount(possible: Amount, now: float) -> dict[str, Any]:
    return {**asdict(possible), "now": now or possible.default}


def _turn(turn: Turn, conversation: Conversation, backend: BackendView) -> dict[str, Any]:
    return {
        "log": backend.log_summaries.get(turn.identity),
        "identity": turn.identity,
        "done": rendering.by_user(turn.push),
        "expects": expects_reply(turn.push),
        "pending": turn.outcome is None,
        "deliveries": [delivery(exchange) for exchange in turn.exchanges],
        **progress(turn, conversation.late_of(turn), backend),
        **(_outcome(turn.outcome) if turn.outcome else {}),
    }


def delivery(exchange: Exchange) -> dict[str, Any]:
    """The result of one delivery. `reason` is in Chinese, `failure` is its name."""
    return {
        "at": exchange.at,
        "milliseconds": exchange.milliseconds,
        "status": exchange.status,
        "failure": exchange.failure.name if exchange.failure else "",
        "reason": exchange.reason,
    }


def _late(late: Late) -> dict[str, Any]:
    """A message, and the number of the turn for which it was sent, if that is known."""
    message = rendering.by_account(late.received.message)
    return {"late": message, "cause": late.cause, "own": late.own}


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "fault": FAULT if outcome.fault else "",
        "answer": rendering.by_account(outcome.reply) if outcome.reply else None,
        "unread": outcome.unread,
        "agent": outcome.agent,
    }

"""Everything behind one entry: what was sent and received, and what the backend did."""

import shlex
import time
from typing import Any

import httpx

from simulator import xml
from simulator.envelopes import seal
from simulator.outcome import Exchange
from simulator.platform.world import World

from . import signature_steps, views
from .attribution import Attribution
from .backend_view import OFTEN, BackendView, Observation
from .conversation import Conversation, Entry, Late, Turn
from .logs import Line

_SLACK = 0.05
"""Seconds that the clocks of two processes may differ."""


def of_entry(
    entry: Entry, conversation: Conversation, backend: BackendView, world: World
) -> dict[str, Any]:
    """The entry with its deliveries (milliseconds, bodies, signatures) and everything behind it."""
    shown = views.entry(entry, conversation, backend)
    if isinstance(entry, Late):
        return {**shown, "exchanges": [], **_message(entry, conversation, backend, world)}
    exchanges = [_exchange(entry, each) for each in entry.exchanges]
    return {**shown, "exchanges": exchanges, **_backend(entry, conversation, backend, world)}


def _backend(
    turn: Turn, conversation: Conversation, backend: BackendView, world: World
) -> dict[str, Any]:
    """The push's record, job, log lines, API calls and late messages."""
    attribution = Attribution(conversation.entries, backend)
    turns = [each for each in conversation.entries if isinstance(each, Turn)]
    return {
        **_kept(turn.identity, backend),
        "lines": [
            views.line(line) for line in backend.lines if _belongs(line, turn, turns, attribution)
        ],
        "calls": [
            views.call(number, call)
            for number, call in enumerate(world.calls)
            if attribution.owns(turn, call.at, call.openid)
        ],
        "arrived": [views.entry(late, conversation, backend) for late in attribution.late(turn)],
    }


def _message(
    late: Late, conversation: Conversation, backend: BackendView, world: World
) -> dict[str, Any]:
    """The same for a message that was sent for no push, if the log shows which job sent it."""
    attribution = Attribution(conversation.entries, backend)
    identity = attribution.job_of(late)
    if not identity:
        return {"record": [], "job": [], "lines": [], "calls": [], "arrived": []}
    return {
        **_kept(identity, backend),
        "lines": [views.line(line) for line in backend.lines if line.identity == identity],
        "calls": [
            views.call(number, call)
            for number, call in enumerate(world.calls)
            if attribution.job_at(call.at, call.openid) == identity
        ],
        "arrived": [views.entry(late, conversation, backend)],
    }


def _kept(identity: str, backend: BackendView) -> dict[str, Any]:
    own = [line for line in backend.lines if line.identity and line.identity == identity]
    return {
        "record": [_record(seen, own) for seen in backend.records.get(identity, [])],
        "job": [_observed(seen, seen.at) for seen in backend.jobs.get(identity, [])],
    }


def curl(turn: Turn, url: str, world: World) -> str:
    """The push as a command, signed now, which the backend accepts for five minutes."""
    sealed = seal(world.load(), turn.push, time.time())
    address = str(httpx.URL(url).copy_merge_params(sealed.query))
    words = ["curl", "-sS", address, "-H", "Content-Type: text/xml", "--data-binary", sealed.body]
    return shlex.join(words)


def _exchange(turn: Turn, exchange: Exchange) -> dict[str, Any]:
    return {
        **views.delivery(exchange),
        "url": exchange.url,
        "query": dict(exchange.query),
        "sent": {"raw": exchange.sent_body, "xml": xml.in_lines(exchange.sent_xml)},
        "reply": {"raw": exchange.response_body, "xml": xml.in_lines(exchange.reply_xml)},
        "push_signature": signature_steps.of_push(turn.account, exchange),
        "reply_signature": signature_steps.of_reply(turn.account, exchange),
    }


def _record(seen: Observation, own: list[Line]) -> dict[str, Any]:
    """A write to the record. It came before the line with the outcome, so it gets that time."""
    between = [line.at for line in own if seen.at - seen.gap < line.at < seen.at]
    return _observed(seen, min(between, default=seen.at))


def _observed(seen: Observation, at: float) -> dict[str, Any]:
    return {"at": at, "about": at == seen.at and seen.gap > 2 * OFTEN, "what": seen.what}


def _belongs(line: Line, turn: Turn, turns: list[Turn], attribution: Attribution) -> bool:
    if line.identity:
        return line.identity == turn.identity or attribution.is_of(turn, line.identity)
    if not turn.identity:
        return False
    if line.source == "worker":
        return attribution.owns(turn, line.at)
    return [each for each in turns if _was_delivered_at(each, line.at)] == [turn]


def _was_delivered_at(turn: Turn, at: float) -> bool:
    return any(
        each.at <= at <= each.at + each.milliseconds / 1000 + _SLACK for each in turn.exchanges
    )

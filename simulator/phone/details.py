"""All that is behind one entry: what went over the wire, and what the backend did about it."""

import shlex
import time
from typing import Any

import httpx

from simulator import xml
from simulator.envelopes import seal
from simulator.outcome import Exchange
from simulator.platform.world import World

from . import proofs, views
from .behind import OFTEN, Behind, Seen
from .conversation import Conversation, Entry, Late, Turn
from .logs import Line
from .owners import Owners

_SLACK = 0.05
"""Seconds by which the clocks of two processes may seem to differ."""


def told(entry: Entry, conversation: Conversation, behind: Behind, world: World) -> dict[str, Any]:
    """The entry with each delivery (milliseconds, bodies, signatures) and all that is behind it."""
    shown = views.entry(entry, behind.said)
    if isinstance(entry, Late):
        return {**shown, "exchanges": [], **_message(entry, conversation, behind, world)}
    exchanges = [_exchange(entry, each) for each in entry.exchanges]
    return {**shown, "exchanges": exchanges, **_backend(entry, conversation, behind, world)}


def _backend(
    turn: Turn, conversation: Conversation, behind: Behind, world: World
) -> dict[str, Any]:
    """What its tables, queue and log say of the push, which calls were made, and what came late."""
    owners = Owners(conversation.entries, behind)
    turns = [each for each in conversation.entries if isinstance(each, Turn)]
    return {
        **_kept(turn.identity, behind),
        "lines": [views.line(line) for line in behind.lines if _belongs(line, turn, turns, owners)],
        "calls": [
            views.call(number, call)
            for number, call in enumerate(world.calls)
            if owners.owns(turn, call.at, call.openid)
        ],
        "arrived": [views.entry(late, {}) for late in owners.late(turn)],
    }


def _message(
    late: Late, conversation: Conversation, behind: Behind, world: World
) -> dict[str, Any]:
    """The same of a message that was sent for no push, if the log proves which job sent it."""
    owners = Owners(conversation.entries, behind)
    identity = owners.job_of(late)
    if not identity:
        return {"record": [], "job": [], "lines": [], "calls": [], "arrived": []}
    return {
        **_kept(identity, behind),
        "lines": [views.line(line) for line in behind.lines if line.identity == identity],
        "calls": [
            views.call(number, call)
            for number, call in enumerate(world.calls)
            if owners.job_at(call.at, call.openid) == identity
        ],
        "arrived": [views.entry(late, {})],
    }


def _kept(identity: str, behind: Behind) -> dict[str, Any]:
    own = [line for line in behind.lines if line.identity and line.identity == identity]
    return {
        "record": [_record(seen, own) for seen in behind.records.get(identity, [])],
        "job": [_observed(seen, seen.at) for seen in behind.jobs.get(identity, [])],
    }


def curl(turn: Turn, url: str, world: World) -> str:
    """The push as a command, signed now, so that it is taken for the next five minutes."""
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
        "push_proof": proofs.of_push(turn.account, exchange),
        "reply_proof": proofs.of_reply(turn.account, exchange),
    }


def _record(seen: Seen, own: list[Line]) -> dict[str, Any]:
    """What is written to the record comes before the line that tells the outcome."""
    between = [line.at for line in own if seen.at - seen.gap < line.at < seen.at]
    return _observed(seen, min(between, default=seen.at))


def _observed(seen: Seen, at: float) -> dict[str, Any]:
    return {"at": at, "about": at == seen.at and seen.gap > 2 * OFTEN, "what": seen.what}


def _belongs(line: Line, turn: Turn, turns: list[Turn], owners: Owners) -> bool:
    if line.identity:
        return line.identity == turn.identity or owners.is_of(turn, line.identity)
    if not turn.identity:
        return False
    if line.source == "worker":
        return owners.owns(turn, line.at)
    return [each for each in turns if _was_delivered_at(each, line.at)] == [turn]


def _was_delivered_at(turn: Turn, at: float) -> bool:
    return any(
        each.at <= at <= each.at + each.milliseconds / 1000 + _SLACK for each in turn.exchanges
    )

"""All that is behind one turn: what went over the wire, and what the backend did about it."""

import shlex
import time
from dataclasses import asdict
from typing import Any

import httpx

from simulator import xml
from simulator.envelopes import seal
from simulator.outcome import Exchange
from simulator.platform.world import World

from . import proofs, views
from .behind import OFTEN, Behind, Seen
from .conversation import Conversation, Turn
from .logs import Line
from .owners import Owners

_SLACK = 0.05
"""Seconds by which the clocks of two processes may seem to differ."""


def exchanges(turn: Turn) -> list[dict[str, Any]]:
    """Each delivery: its milliseconds, both bodies raw and decrypted, how they were signed."""
    return [_exchange(turn, each) for each in turn.exchanges]


def backend(turn: Turn, conversation: Conversation, behind: Behind, world: World) -> dict[str, Any]:
    """What its tables, queue and log say of the push, which calls were made, and what came late."""
    owners = Owners(conversation.entries, behind)
    turns = [each for each in conversation.entries if isinstance(each, Turn)]
    own = [line for line in behind.lines if line.identity and line.identity == turn.identity]
    return {
        "record": [_record(seen, own) for seen in behind.records.get(turn.identity, [])],
        "job": [_observed(seen, seen.at) for seen in behind.jobs.get(turn.identity, [])],
        "lines": [
            {**asdict(line), "own": bool(line.identity)}
            for line in behind.lines
            if _belongs(line, turn, turns, owners)
        ],
        "calls": [
            views.call(number, call)
            for number, call in enumerate(world.calls)
            if owners.owns(turn, call.at, call.openid)
        ],
        "arrived": [views.entry(late, {}) for late in owners.late(turn)],
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
    if not turn.identity or line.identity:
        return line.identity == turn.identity != ""
    if line.source == "worker":
        return owners.owns(turn, line.at)
    return [each for each in turns if _was_delivered_at(each, line.at)] == [turn]


def _was_delivered_at(turn: Turn, at: float) -> bool:
    return any(
        each.at <= at <= each.at + each.milliseconds / 1000 + _SLACK for each in turn.exchanges
    )

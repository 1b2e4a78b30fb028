"""How long a user waits for the first text of a stream, beside the calls that it cannot do without.

    one round    a stream whose first paragraph comes at once, a slow route with one text, and the
                 bare calls of both, in a random order, each for a job of a new user

The time ends when WeChat has taken the first text. The bare calls are those that the backend
makes by then. They are recorded, and then made again by boto3 and requests alone, with the same
bodies, for another user.

    at a model's pace    one stream whose tokens come as a model makes them
"""

import gc
import json
import os
import random
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, TypeAlias

import boto3
import requests
from botocore import xform_name
from botocore.exceptions import ClientError

from chalicelib.adapters.aws import TIMEOUTS
from chalicelib.router import Context, Router, Routes
from chalicelib.wechat.messages import TextMessage
from chalicelib.wechat.replies import Reply, Text
from simulator.account import Account

from . import mounted
from .calls import Call, caught
from .comparison import Bound, Latencies, Limit
from .events import LambdaContext
from .queued import Queued, queued

STREAM, SLOW, PACED = "first text of a stream", "text of a slow route", "stream at a model's pace"
BARE = {STREAM: "bare calls of the stream", SLOW: "bare calls of the slow route"}
BOUNDS = tuple(Bound(kind, bare, at_most=1.3) for kind, bare in BARE.items())
TOKENS_A_SECOND, TOKENS = 20, 150
LATEST = 6
"""Seconds after the push within which the first text comes at that pace."""
SENTENCE = "这句话有二十个字，正好是模型一秒钟的话。"
FEWEST_ROUNDS = 5

Event: TypeAlias = dict[str, Any]
Contender: TypeAlias = Callable[[Event], float]
"""Milliseconds from a job until its user has the first text."""

router = Router("bench")


@router.on(TextMessage, content=re.compile(f"{STREAM}.*"), slow=True, stream=True)
def stream(message: TextMessage, ctx: Context) -> Iterator[str]:
    yield from f"{message.content}\n\n"


@router.on(TextMessage, content=re.compile(f"{SLOW}.*"), slow=True)
def slow(message: TextMessage, ctx: Context) -> Reply:
    return Text(message.content)


@router.on(TextMessage, content=re.compile(f"{PACED}.*"), slow=True, stream=True)
def paced(message: TextMessage, ctx: Context) -> Iterator[str]:
    for number in range(TOKENS):
        time.sleep(1 / TOKENS_A_SECOND)
        yield SENTENCE[number % len(SENTENCE)]


def measure(seconds: float) -> Latencies:
    """Measures them all for about so many `seconds`."""
    with queued(Routes(router)) as stage:
        field: dict[str, tuple[str, Contender]] = {}
        for kind, bare in BARE.items():
            (event,) = stage.jobs(kind, 1)  # the first job also connects and fetches the token
            _first_text(event)
            field |= {kind: (kind, _first_text), bare: (kind, _bare(stage, kind))}
        limit = _at_pace(stage)
        gc.collect()
        gc.freeze()
        end = time.monotonic() + seconds
        rounds = [_round(stage, field)]
        while time.monotonic() < end or len(rounds) < FEWEST_ROUNDS:
            rounds.append(_round(stage, field))
        gc.unfreeze()
        stage.check_sent()
    samples = {name: [each[name] for each in rounds] for name in field}
    title = "Job to first text, with MiniStack and the simulator on loopback"
    return Latencies(title, samples, BARE, BOUNDS, [limit])


def _round(stage: Queued, field: Mapping[str, tuple[str, Contender]]) -> dict[str, float]:
    """Milliseconds that each contender took, by name."""
    taken = {}
    for name in random.sample(list(field), len(field)):
        kind, contender = field[name]
        (event,) = stage.jobs(kind, 1)
        taken[name] = contender(event)
    return taken


def _at_pace(stage: Queued) -> Limit:
    """Seconds from a push to the first text of a stream whose tokens come one by one."""
    start = time.perf_counter()
    (event,) = stage.jobs(PACED, 1)
    waited = time.perf_counter() - start
    return Limit(
        f"first text at {TOKENS_A_SECOND} tokens a second",
        waited + _first_text(event) / 1000,
        LATEST,
        "s",
    )


def _first_text(event: Event) -> float:
    with caught() as calls:
        start = time.perf_counter()
        mounted.worker(event, LambdaContext())
    return (_until_text(calls)[-1].answered - start) * 1000


def _until_text(calls: Sequence[Call]) -> list[Call]:
    first = next(number for number, call in enumerate(calls) if call.name.endswith("/send"))
    return list(calls[: first + 1])


# --- Bare calls -------------------------------------------------------------------------------


def _bare(stage: Queued, kind: str) -> Contender:
    """Makes the calls of a job of this kind again, for other jobs."""
    (recorded,) = stage.jobs(kind, 1)
    with caught() as calls:
        mounted.worker(recorded, LambdaContext())
    makers = {
        "DynamoDB": _aws("dynamodb"),
        "SQS": _aws("sqs"),
        "WeChat": _wechat(stage.deployment.account),
    }

    def contender(event: Event) -> float:
        made = [
            partial(makers[call.service], call.name, _for_another(call, recorded, event))
            for call in _until_text(calls)
        ]
        start = time.perf_counter()
        for make in made:
            make()
        return (time.perf_counter() - start) * 1000

    return contender


def _for_another(call: Call, recorded: Event, event: Event) -> dict[str, Any]:
    """The arguments of a call, with the names of another job."""
    arguments = json.dumps(call.arguments)
    for name, other in zip(_names(recorded), _names(event), strict=True):
        arguments = arguments.replace(name, other)
    made: dict[str, Any] = json.loads(arguments)
    return made


def _names(event: Event) -> tuple[str, str, str]:
    """What distinguishes the calls of one job from those of another."""
    (record,) = event["Records"]
    job = json.loads(record["body"])
    return job["identity"], job["openid"], record["receiptHandle"]


def _aws(service: str) -> Callable[[str, dict[str, Any]], None]:
    client = boto3.client(service, config=TIMEOUTS)  # type: ignore[call-overload]

    def make(name: str, arguments: dict[str, Any]) -> None:
        with suppress(ClientError):  # the job is no longer in the queue, as for the worker
            getattr(client, xform_name(name))(**arguments)

    return make


def _wechat(account: Account) -> Callable[[str, dict[str, Any]], None]:
    session, url = requests.Session(), os.environ["WECHAT_API_URL"]
    session.trust_env = False

    def call(path: str, body: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
        answer: dict[str, Any] = session.post(url + path, json=body, params=query).json()
        return answer

    secret = {"appid": account.app_id, "secret": account.app_secret}
    token = call("/cgi-bin/stable_token", {"grant_type": "client_credential", **secret}, {})

    def make(path: str, body: dict[str, Any]) -> None:
        answer = call(path, body, {"access_token": token["access_token"]})
        if answer["errcode"]:
            raise AssertionError(f"WeChat refused a bare call: {answer}")

    return make

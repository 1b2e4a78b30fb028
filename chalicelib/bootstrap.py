"""Builds the backend once per process from configuration, adapters and handlers."""

import gc

gc.disable()  # imports make much and drop little; the end of this file turns it on again

import os
import time
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, partial
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from . import __version__, config, log

if config.read(os.environ).lambda_handler == "app.app":
    from .adapters import beside_botocore  # noqa: F401

from .adapters import dynamodb, sqs
from .adapters.dynamodb import DynamoDbProfiles, DynamoDbTable
from .adapters.sqs import SqsQueue
from .adapters.ssm import SsmParameters
from .config import Config, LateAnswers
from .credentials.push_secrets import PushSecrets
from .delivery.line import cancel
from .delivery.outgoing import OutgoingMessages
from .delivery.push import Pushes
from .delivery.runner import HandlerRunner
from .delivery.verifier import PushVerifier
from .handlers import routes
from .ports import Function, QueuedJob, Queues
from .router.handler_result import HandlerResult
from .users.effects import Effects
from .users.profile import Profile
from .users.profiles import Profiles
from .wechat.envelopes import Mode

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

    from .api.caller import Caller
    from .api.client import Api
    from .credentials.own_secrets import OwnSecrets
    from .delivery.starting import Starting
    from .delivery.worker import Worker
    from .web.site import Site
    from .wechat.api_responses import JsSdkSignature

SIGN_IN_SECONDS, API_SECONDS = 6.0, 25.0
"""For which wechat_caller is awaited: its cold start too, and the gateway gives up after 29."""


@cache
def pushes() -> Pushes:
    """What answers pushes; reads the secrets at the first push, or at INIT on Lambda."""
    settings = _settings()
    secrets = PushSecrets(SsmParameters(settings.parameter_path), settings.mode)
    if settings.lambda_handler:
        secrets.load()
    table, profiles = _tables(settings)
    queues = _queues(settings)
    effects = Effects(profiles, proven=settings.mode is not Mode.PLAINTEXT)
    passive = settings.late_answers is LateAnswers.PASSIVE
    runner = HandlerRunner(
        routes,
        queues.jobs,
        effects.profile,
        secret,
        start=_start,
        cancel=partial(cancel, table, time.time),
    )
    verifier = PushVerifier(settings.mode, secrets)
    return Pushes(verifier, runner, table, queues, effects, passive=passive)


@cache
def worker() -> "Worker":
    """What does the jobs of slow routes."""
    return _new_worker(long=False)


@cache
def long_worker() -> "Worker":
    """What does the jobs of long routes."""
    return _new_worker(long=True)


def _new_worker(*, long: bool) -> "Worker":
    """Only workers need WeChat's API, so only here it is imported."""
    from .adapters.process import ThisProcess
    from .adapters.wechat_http import HttpTransport
    from .api.account_calls import DirectCalls
    from .api.client import Api
    from .api.oauth_api import OAuthApi
    from .credentials.app_secrets import AppSecrets
    from .delivery.drain import Drain
    from .delivery.worker import Worker
    from .users.renewal import Renewal
    from .users.sealing import Sealer

    settings = _settings()
    parameters = SsmParameters(settings.parameter_path)
    secrets = AppSecrets(parameters, settings.stage)
    transport = HttpTransport(settings.wechat_api_url)
    api = Api(DirectCalls(transport, secrets))
    table, profiles = _tables(settings)
    passive = settings.late_answers is LateAnswers.PASSIVE
    renewal = Renewal(profiles, OAuthApi(transport, secrets), Sealer(parameters))
    effects = Effects(profiles, proven=settings.mode is not Mode.PLAINTEXT, renew=renewal.renew)
    queues = _queues(settings)
    runner = HandlerRunner(
        routes,
        queues.jobs,
        effects.profile,
        secret,
        api,
        start=_start,
        cancel=partial(cancel, table, time.time),
    )
    drain = None if passive else Drain(api, table)
    long_queue = None if long else queues.long
    return Worker(runner, table, effects, drain, ThisProcess(), long_queue=long_queue)


@cache
def wechat_caller() -> "Caller":
    """What calls WeChat for pages and schedules, from the fixed exit."""
    from .calling import caller

    return caller(_settings())


def _caller(seconds: float) -> Function:
    """What this process asks; at the exit, and where there is none, it calls WeChat itself."""
    settings = _settings()
    if settings.lambda_handler in ("", "app.worker", "app.long_worker"):
        return wechat_caller()
    from .adapters.lambda_function import LambdaFunction

    return LambdaFunction(settings.wechat_caller, seconds)


@cache
def site() -> "Site":
    """What answers browsers; imported when the first browser comes."""
    from .api.remote import RemoteOAuthApi
    from .users.renewal import Renewal
    from .users.sealing import Sealer
    from .web.binding import Binding
    from .web.callback import Callback
    from .web.domain import DomainVerification
    from .web.login import Logins
    from .web.me import Me
    from .web.oauth import Authorization
    from .web.signing import SiteKeys
    from .web.site import Site

    settings = _settings()
    parameters = SsmParameters(settings.parameter_path)
    table, profiles = _tables(settings)
    oauth_api = RemoteOAuthApi(_caller(SIGN_IN_SECONDS))
    keys = SiteKeys(parameters)
    logins = Logins(keys, profiles)
    authorization = Authorization(settings.wechat_open_url, keys, oauth_api)
    renewal = Renewal(profiles, oauth_api, Sealer(parameters))
    return Site(
        authorization,
        Callback(authorization, table, oauth_api, renewal, profiles, logins),
        Me(profiles, logins, authorization),
        Binding(keys, table, profiles, logins, authorization, settings.return_urls),
        DomainVerification(parameters),
        logins,
    )


def queued_job(message: Mapping[str, Any]) -> QueuedJob:
    """The job in a message that SQS gave out, from whichever queue the message names."""
    return _queue(message["eventSourceARN"].rpartition(":")[2]).given_out(message)


def profile_of(user_id: str) -> Profile | None:
    """The profile bound to the site's user, for your own routes. Raises Unavailable."""
    return _tables(_settings())[1].of_user(user_id)


@cache
def api() -> "Api":
    """WeChat's API, for your own routes and schedules; in slow handlers it is `ctx.api`."""
    from .api.client import Api
    from .api.remote import RemoteCalls

    return Api(RemoteCalls(_caller(API_SECONDS)))


def js_sdk(url: str) -> "JsSdkSignature":
    """What the page at `url` passes to `wx.config`. Raises ApiError, or Unavailable."""
    return api().js_sdk_signature(url)


def send(openid: str, answer: HandlerResult) -> None:
    """Sends a user a message, from your own routes and schedules. Raises Unavailable."""
    OutgoingMessages(_queues(_settings()).jobs, token_hex(16)).send(openid, answer)


def start(task: str, *arguments: Any, identity: str) -> None:
    """Starts a task, `<router>.<name>`, from your own routes and schedules.

    It runs once for the same `identity` and arguments, which are remembered for 20 days. Raises
    StartError, or Unavailable.
    """
    _start(task, [arguments], identity)


def start_each(task: str, values: Iterable[Any], *others: Any, identity: str) -> None:
    """Starts a task for each of many values, which is its first argument; see `start`."""
    _start(task, ((value, *others) for value in values), identity)


def _start(task: str, many: Iterable[Sequence[Any]], identity: str) -> None:
    _starting().start(task, many, identity)


def secret(name: str) -> str:
    """The team's own secret, the parameter `own/<name>`, for your own routes and schedules.

    Raises SecretMissing with the command that sets it, Unavailable, or ValueError.
    """
    return _own_secrets().get(name)


@cache
def _own_secrets() -> "OwnSecrets":
    from .credentials.own_secrets import OwnSecrets

    settings = _settings()
    return OwnSecrets(SsmParameters(settings.parameter_path), settings.stage)


@cache
def _starting() -> "Starting":
    from .delivery.starting import Starting, lanes

    settings = _settings()
    return Starting(routes, _queue(settings.long_queue), lanes(settings.long_at_once))


def _queues(settings: Config) -> Queues:
    return Queues(_queue(settings.jobs_queue), _queue(settings.long_queue))


@cache
def _queue(name: str) -> SqsQueue:
    return SqsQueue(name, _sqs_client())


@cache
def _sqs_client() -> "SQSClient":
    """One for both queues, because making a client costs as much as many calls."""
    return sqs.client()


@cache
def _tables(settings: Config) -> tuple[DynamoDbTable, Profiles]:
    """Both tables with one client, because making a client costs as much as many calls."""
    client = dynamodb.client()
    table = DynamoDbTable(settings.state_table, client)
    return table, Profiles(DynamoDbProfiles(settings.profiles_table, client))


def _settings() -> Config:
    settings = config.read(os.environ)
    log.configure(settings.stage, quotes_errors=not settings.lambda_handler)
    _log_start()
    return settings


@cache
def _log_start() -> None:
    """Logs which release this is, in the first line of a process."""
    log.write("process started", version=__version__)


# `chalice deploy` imports this file with the stage's environment, so a wrong variable stops it.
# On Lambda, INIT has a full CPU and nobody waits, so each function builds what it needs here.
match config.read(os.environ).lambda_handler:
    case "app.app":
        pushes()
        gc.freeze()
    case "app.worker":
        worker()
        gc.freeze()
    case "app.long_worker":
        long_worker()
        gc.freeze()
    case "app.wechat_caller":
        wechat_caller()
        gc.freeze()
gc.enable()

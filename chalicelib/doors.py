"""The doors of the backend: they take requests from API Gateway and jobs from SQS.

Only this module knows Chalice. `mount` adds the doors to the app that `app.py` makes.
"""

import os
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import parse_qsl

from chalice.app import Chalice, Request, Response, SQSEvent

from . import bootstrap, config, log
from .delivery.record import LEASE
from .delivery.verifier import Delivery
from .users.profile import Profile
from .wechat.envelopes import SUCCESS
from .wechat.errors import PushError, Refused

if TYPE_CHECKING:
    from .delivery.worker import Worker
    from .web import http
    from .web.site import Site

Door: TypeAlias = Callable[[Request], Response]

_ANY = ["*/*"]  # otherwise Chalice answers an unusual Content-Type with JSON


class JobFailed(Exception):
    """Makes SQS give the job out again; the log says what went wrong."""


def mount(app: Chalice) -> dict[str, Any]:
    """Adds the doors to `app`, and returns the functions that `app.py` must hold, by name.

    Lambda finds a function as `app.<name>`, so `app.py` says `globals().update(mount(app))`.
    """
    app.api.binary_types = []  # no door returns bytes; checking for them would slow down every push
    for method, path, door in _DOORS:
        app.route(path, methods=[method], content_types=_ANY, name=door.__name__)(_view(app, door))
    settings = config.read(os.environ)
    jobs = app.on_sqs_message(
        queue=settings.jobs_queue, batch_size=1, maximum_concurrency=settings.jobs_at_once
    )
    long_jobs = app.on_sqs_message(
        queue=settings.long_queue, batch_size=1, maximum_concurrency=settings.long_at_once
    )
    called = app.lambda_function(name="wechat_caller")
    return {
        "worker": jobs(worker),
        "long_worker": long_jobs(long_worker),
        "wechat_caller": called(wechat_caller),
    }


def signed_in(app: Chalice) -> Profile | None:
    """The profile of the signed-in user, for your own routes. Raises Unavailable."""
    return bootstrap.site().signed_in(_browser_request(_request(app)))


def bind_link(app: Chalice, *, user_id: str, label: str, return_to: str = "") -> str:
    """Where a user of your site binds their WeChat within ten minutes, for your own routes.

    The page shows `label`, such as `a***@example.com`, and then leads to `return_to`, which must
    be below one of RETURN_URLS, or to `/me`. Raises ValueError, or Unavailable.
    """
    return bootstrap.site().binding.link(site_address(app), user_id, label, return_to)


def site_address(app: Chalice) -> str:
    """Where this site is, such as `https://example.com/api`, for your own routes."""
    return _site(_request(app))


# --- WeChat ---------------------------------------------------------------------------------------


def verification(request: Request) -> Response:
    """Shows 微信开发者平台 that this address knows the account's token."""
    try:
        return _text(bootstrap.pushes().verify(_query(request), _arrival(request)))
    except PushError as error:
        return _text(error.text, error.status)
    except Exception as error:  # noqa: BLE001 - never JSON, never a trace
        log.error("verification failed", {"PushFailed": 1}, error)
        return _text(Refused.text, Refused.status)


def push(request: Request) -> Response:
    """Answers a push from WeChat: a user's message, or an event."""
    try:
        delivery = Delivery(
            _query(request), _body(request), _arrival(request), _lease(request.lambda_context)
        )
        response = bootstrap.pushes().answer(delivery)
    except PushError as error:
        return _text(error.text, error.status)
    except Exception as error:  # noqa: BLE001 - never JSON, a trace, or an error status
        log.error("push failed", {"PushFailed": 1}, error)
        response = SUCCESS
    return _response(response.body, response.content_type)


def domain_verification(request: Request) -> Response:
    """Shows WeChat that this domain belongs to the account."""
    file = (request.uri_params or {}).get("file", "")
    if not _is_unicode(file):
        return _text("bad request", 400)
    try:
        content = bootstrap.site().domain.content(file)
    except Exception as error:  # noqa: BLE001 - never JSON, never a trace
        log.error("a file failed", {"PageFailed": 1}, error)
        content = None
    return _text("not found", 404) if content is None else _text(content)


# --- The queues -----------------------------------------------------------------------------------


def worker(event: SQSEvent) -> None:
    """Does a job from SQS. Raises JobFailed; then the job comes again."""
    _work(bootstrap.worker(), event)


def long_worker(event: SQSEvent) -> None:
    """Does a job of a long route, which may take fifteen minutes. Raises JobFailed."""
    _work(bootstrap.long_worker(), event)


def _work(worker: "Worker", event: SQSEvent) -> None:
    for message in event:
        job = bootstrap.queued_job(message.to_dict())
        outcome = worker.work(job, _lease(event.context))
        if not outcome.done:
            raise JobFailed(outcome.word)


# --- WeChat's API ---------------------------------------------------------------------------------


def wechat_caller(asked: Mapping[str, Any], _context: Any) -> Mapping[str, Any]:
    """Calls WeChat for pages and schedules, which are not at the fixed exit."""
    return bootstrap.wechat_caller().invoke(asked)


# --- Browsers -------------------------------------------------------------------------------------


def oauth_authorize(request: Request) -> Response:
    """Sends a visitor to WeChat to authorize."""
    return _page(request, lambda site: site.authorization.authorize)


def oauth_callback(request: Request) -> Response:
    """Signs in a visitor when WeChat sends them back."""
    return _page(request, lambda site: site.callback.answer)


def oauth_bind(request: Request) -> Response:
    """Asks a visitor who opened a binding link to confirm it."""
    return _page(request, lambda site: site.binding.ask)


def oauth_bind_confirmed(request: Request) -> Response:
    """Binds the visitor after they confirmed it."""
    return _page(request, lambda site: site.binding.confirm)


def me(request: Request) -> Response:
    """Shows the signed-in user's page."""
    return _page(request, lambda site: site.me.show)


def me_changed(request: Request) -> Response:
    """Does what a form of that page asks."""
    return _page(request, lambda site: site.me.change)


def logout(request: Request) -> Response:
    """Signs the visitor out."""
    return _page(request, lambda site: site.me.sign_out)


_DOORS: tuple[tuple[str, str, Door], ...] = (
    ("GET", "/wechat", verification),
    ("POST", "/wechat", push),
    ("GET", "/oauth/authorize", oauth_authorize),
    ("GET", "/oauth/callback", oauth_callback),
    ("GET", "/oauth/bind", oauth_bind),
    ("POST", "/oauth/bind", oauth_bind_confirmed),
    ("GET", "/me", me),
    ("POST", "/me", me_changed),
    ("POST", "/logout", logout),
    ("GET", "/{file}", domain_verification),
)


# --- Reading Chalice's requests -------------------------------------------------------------------


def _view(app: Chalice, door: Door) -> Callable[..., Response]:
    return lambda **_path: door(_request(app))


def _request(app: Chalice) -> Request:
    if app.current_request is None:
        raise LookupError("Chalice knows a request only while it calls a view")
    return app.current_request


def _page(
    request: Request, ask: "Callable[[Site], Callable[[http.Request], http.Response]]"
) -> Response:
    """The site's response to a browser."""
    from .web.site import response_or_notice

    if not all(_is_unicode("".join([name, *values])) for name, values in _query(request).items()):
        return _text("bad request", 400)
    response = response_or_notice(lambda: ask(bootstrap.site())(_browser_request(request)))
    return Response(response.body, response.headers, response.status)


def _browser_request(request: Request) -> "http.Request":
    from .web import http

    form = parse_qsl(_body(request).decode("utf-8", "replace"))
    # Strip only spaces: neighbour domains can set cookies whose names begin with other blanks.
    header = request.headers.get("cookie", "")
    cookies = (each.strip(" ").partition("=") for each in header.split(";"))
    return http.Request(
        site=_site(request),
        address=request.context.get("identity", {}).get("sourceIp", ""),
        query={name: values[-1] for name, values in _query(request).items()},
        form=dict(form),
        cookies={name: value for name, _, value in cookies if _is_unicode(name + value)},
    )


def _site(request: Request) -> str:
    """This site's address, as the gateway knows it; headers can be forged."""
    if public_url := config.read(os.environ).public_url:
        return public_url
    context = request.context
    domain, path = context.get("domainName"), str(context.get("path", "")).rstrip("/")
    if not domain:
        raise config.ConfigError("the gateway does not say where this site is; set PUBLIC_URL")
    return f"https://{domain}{path.removesuffix(request.path)}"


def _query(request: Request) -> dict[str, list[str]]:
    return request.to_original_event()["multiValueQueryStringParameters"] or {}


def _is_unicode(text: str) -> bool:
    """Whether UTF-8 can encode `text`: the gateway's events can hold lone surrogates."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _body(request: Request) -> bytes:
    try:
        body = request.raw_body
    except ValueError:
        return b""  # what the gateway could not encode is not XML either
    return body.encode() if isinstance(body, str) else body


def _arrival(request: Request) -> float:
    """When the gateway got the request (epoch seconds), so that a cold start counts."""
    milliseconds = request.context.get("requestTimeEpoch")
    return milliseconds / 1000 if milliseconds else time.time()


def _lease(context: Any) -> float:
    """The moment (epoch seconds) at which this process is certainly dead."""
    remaining: float = context.get_remaining_time_in_millis()
    return time.time() + remaining / 1000 + LEASE


def _text(body: str, status: int = 200) -> Response:
    return _response(body, "text/plain", status)


def _response(body: str, content_type: str, status: int = 200) -> Response:
    return Response(
        body, {"Content-Type": content_type, "X-Content-Type-Options": "nosniff"}, status
    )

"""The doors of the backend. This file alone knows Chalice and HTTP."""

import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from chalice.app import Chalice, Request, Response, SQSEvent

from chalicelib import bootstrap, config, log
from chalicelib.delivery.record import LEASE
from chalicelib.delivery.verifier import Delivery
from chalicelib.ports import QueuedJob
from chalicelib.users.profile import Profile
from chalicelib.wechat.errors import PushError, Refused

if TYPE_CHECKING:
    from chalicelib.web import http
    from chalicelib.web.site import Site

app = Chalice(app_name="wechalice", configure_logs=False)
ANY = ["*/*"]  # else an odd Content-Type is answered in JSON
_settings = config.read(os.environ)
app.api.binary_types = []  # no door takes or gives bytes; looking for them costs every push


@app.route("/wechat", methods=["GET"], content_types=ANY)
def verification() -> Response:
    """WeChat's console asks whether this address knows the account's token."""
    try:
        request = _request()
        return _text(bootstrap.pushes().verify(_query(request), _arrival(request)))
    except PushError as error:
        return _text(error.text, error.status)
    except Exception as error:  # noqa: BLE001 - never JSON, never a trace
        log.error("verification failed", {"PushFailed": 1}, error)
        return _text(Refused.text, Refused.status)


@app.route("/wechat", methods=["POST"], content_types=ANY)
def push() -> Response:
    """WeChat pushes what a user sent, or an event."""
    try:
        request = _request()
        delivery = Delivery(
            _query(request), _body(request), _arrival(request), _lease(request.lambda_context)
        )
        reply = bootstrap.pushes().answer(delivery)
    except PushError as error:
        return _text(error.text, error.status)
    except Exception as error:  # noqa: BLE001 - never JSON, a trace, or an error status
        log.error("push failed", {"PushFailed": 1}, error)
        reply = None
    return _text("success") if reply is None else _xml(reply)


@app.route("/oauth/authorize", methods=["GET"], content_types=ANY)
def oauth_authorize() -> Response:
    """A visitor is sent to WeChat, to be asked who they are."""
    return _page(lambda site: site.authorization.authorize)


@app.route("/oauth/callback", methods=["GET"], content_types=ANY)
def oauth_callback() -> Response:
    """WeChat sends a visitor back."""
    return _page(lambda site: site.callback.answer)


@app.route("/oauth/bind", methods=["GET"], content_types=ANY)
def oauth_bind() -> Response:
    """A visitor comes by a link that ties him to a user of the site."""
    return _page(lambda site: site.binding.ask)


@app.route("/oauth/bind", methods=["POST"], content_types=ANY)
def oauth_bind_confirmed() -> Response:
    """He confirms it."""
    return _page(lambda site: site.binding.confirm)


@app.route("/me", methods=["GET"], content_types=ANY)
def me() -> Response:
    """The page of whoever is signed in."""
    return _page(lambda site: site.me.show)


@app.route("/me", methods=["POST"], content_types=ANY)
def me_changed() -> Response:
    """A form of that page."""
    return _page(lambda site: site.me.change)


@app.route("/logout", methods=["POST"], content_types=ANY)
def logout() -> Response:
    """The way out."""
    return _page(lambda site: site.me.sign_out)


@app.route("/{file}", methods=["GET"], content_types=ANY)
def domain_verification(file: str) -> Response:
    """WeChat asks whether this domain is the account's."""
    try:
        content = bootstrap.site().domain.content(file)
    except Exception as error:  # noqa: BLE001 - never JSON, never a trace
        log.error("a file failed", {"PageFailed": 1}, error)
        content = None
    return _text("not found", 404) if content is None else _text(content)


def signed_in() -> Profile | None:
    """Who asks, if they are signed in: for routes of your own. Raises Unavailable."""
    return bootstrap.site().signed_in(_browser_request())


@app.on_sqs_message(
    queue=_settings.jobs_queue, batch_size=1, maximum_concurrency=_settings.jobs_at_once
)
def worker(event: SQSEvent) -> None:
    """The queue hands out a job. An exception makes it come again."""
    for message in event:
        tries = int(message.to_dict()["attributes"]["ApproximateReceiveCount"])
        job = QueuedJob(message.body, message.receipt_handle, tries)
        bootstrap.worker().work(job, _lease(event.context))


def _page(room: "Callable[[Site], Callable[[http.Request], http.Response]]") -> Response:
    """What one of the site's rooms answers."""
    from chalicelib.web.site import answered

    answer = answered(lambda: room(bootstrap.site())(_browser_request()))
    return Response(answer.body, answer.headers, answer.status)


def _browser_request() -> "http.Request":
    from chalicelib.web import http

    request = _request()
    values = request.to_original_event()["multiValueQueryStringParameters"] or {}
    form = parse_qsl(_body(request).decode("utf-8", "replace"))
    # No other whitespace: the browser lets neighbours set cookies whose names begin with it.
    header = request.headers.get("cookie", "")
    cookies = (each.strip(" ").partition("=") for each in header.split(";"))
    return http.Request(
        site=_site(request),
        query={name: each[-1] for name, each in values.items()},
        form=dict(form),
        cookies={name: value for name, _, value in cookies},
    )


def _site(request: Request) -> str:
    """Where this site is, as the gateway knows it; headers are what anybody may say."""
    if public_url := config.read(os.environ).public_url:
        return public_url
    context = request.context
    domain, path = context.get("domainName"), str(context.get("path", "")).rstrip("/")
    if not domain:
        raise config.ConfigError("the gateway does not say where this site is; set PUBLIC_URL")
    return f"https://{domain}{path.removesuffix(request.path)}"


def _request() -> Request:
    request = app.current_request
    assert request is not None  # Chalice sets it before it calls a view
    return request


def _query(request: Request) -> dict[str, list[str]]:
    return request.to_original_event()["multiValueQueryStringParameters"] or {}


def _body(request: Request) -> bytes:
    try:
        body = request.raw_body
    except ValueError:
        return b""  # what the gateway could not encode is no XML either
    return body.encode() if isinstance(body, str) else body


def _arrival(request: Request) -> float:
    """When the gateway got the request, so that a cold start counts; epoch seconds."""
    milliseconds = request.context.get("requestTimeEpoch")
    return milliseconds / 1000 if milliseconds else time.time()


def _lease(context: Any) -> float:
    """When this process is surely dead, in epoch seconds."""
    remaining: float = context.get_remaining_time_in_millis()
    return time.time() + remaining / 1000 + LEASE


def _text(body: str, status: int = 200) -> Response:
    return Response(
        body, {"Content-Type": "text/plain", "X-Content-Type-Options": "nosniff"}, status
    )


def _xml(body: str) -> Response:
    return Response(body, {"Content-Type": "application/xml"})

"""WeChat's API over HTTP, with the faults that are on.

    latency  ->  cut before  ->  the call is done, or refused  ->  cut after  ->  the answer

An error is HTTP 200 with an errcode.
"""

import asyncio
import time

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from simulator.faults import (
    API_CUT_AFTER,
    API_CUT_BEFORE,
    API_LATENCY,
    API_UNAUTHORIZED,
    IP_NOT_WHITELISTED,
    QUOTA_EXHAUSTED,
    SYSTEM_BUSY,
    WINDOW_CLOSED,
    Fault,
    Faults,
)

from . import oauth_calls, staff_calls, template_calls
from .bodies import ApiRequest, File, read_form, read_json, write_json
from .calls import CALLS, QUOTA
from .draft_calls import PUBLISHED
from .endpoints import Answer
from .media_calls import DOWNLOAD
from .message_calls import SEND, TYPING
from .recorded_call import recorded
from .refusals import NOT_PLAYED, Refused
from .world import Call, World

_WITH_TOKEN = tuple(path for path, endpoint in CALLS.items() if endpoint.wants_token)
_PREFIXES = (
    "/cgi-bin/",
    oauth_calls.PREFIX,
    "/customservice/",
    "/wxaapi/",
    "/wxa/",
    "/datacube/",
    "/card/",
    "/cv/",
    "/semantic/",
)
"""Where WeChat's API has its calls, whether the simulator plays them or not."""
_NOT_PLAYED = "the simulator does not play {} yet; WeChat answers 40066 if it has no such call"
_CUT = (SEND, oauth_calls.EXCHANGE)
_OF_VERIFIED = (SEND, TYPING, PUBLISHED, template_calls.LIST, *staff_calls.CALLS)
"""Calls that unverified accounts lack, as far as anybody looks."""
_REFUSING: tuple[tuple[Fault, int, tuple[str, ...]], ...] = (
    (SYSTEM_BUSY, -1, tuple(CALLS)),
    (IP_NOT_WHITELISTED, 40164, tuple(CALLS)),
    (QUOTA_EXHAUSTED, 45009, tuple(path for path in _WITH_TOKEN if path != QUOTA)),
    (API_UNAUTHORIZED, 48001, _OF_VERIFIED),
    (WINDOW_CLOSED, 45015, (SEND,)),
)
"""Faults that refuse calls: the errcode, and the calls."""


class CuttableProtocol(H11Protocol):
    """HTTP whose connections can be found by the client's address, to cut them."""

    open: dict[tuple[str, int], asyncio.Transport] = {}  # noqa: RUF012  # shared by all connections

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.open[transport.get_extra_info("peername")[:2]] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self.open.pop(self.transport.get_extra_info("peername")[:2], None)
        super().connection_lost(exc)


def routes(world: World) -> list[Route]:
    """The API of api.weixin.qq.com."""

    async def call(request: Request) -> Response:
        at, started = world.clock(), time.perf_counter()
        path = request.url.path
        body = await request.body()
        with world.under_way(path):
            await asyncio.sleep(world.faults.amount(API_LATENCY))
            cut = _cut(world.faults, path)
            taken = None if cut is API_CUT_BEFORE else _answered(world, request, body)
        answer = None if cut else taken
        milliseconds = round((time.perf_counter() - started) * 1000)
        errcode = _errcode(answer)
        world.record(Call(path, errcode, milliseconds, at, **recorded(request, body, answer)))
        return await _hang_up(request) if answer is None else _sent(answer, path)

    async def download(request: Request) -> Response:
        file = world.media.get(request.path_params["media_id"])
        return _file(file) if file else Response(status_code=404)

    return [
        *(Route(each + "{rest:path}", call, methods=["GET", "POST"]) for each in _PREFIXES),
        Route(DOWNLOAD + "{media_id}", download),
    ]


def _refuse(faults: Faults, path: str) -> None:
    """Raises Refused if a fault that is on refuses this call."""
    for fault, errcode, paths in _REFUSING:
        if path in paths and faults.is_on(fault):
            raise Refused(errcode)


def _cut(faults: Faults, path: str) -> Fault | None:
    cuts = (fault for fault in (API_CUT_BEFORE, API_CUT_AFTER) if faults.is_on(fault))
    return next(cuts, None) if path in _CUT else None


def _answered(world: World, request: Request, body: bytes) -> Answer:
    try:
        return _done(world, request, body)
    except Refused as refused:
        return {"errcode": refused.errcode, "errmsg": refused.errmsg}


def _done(world: World, request: Request, body: bytes) -> Answer:
    path = request.url.path
    _refuse(world.faults, path)
    _check_address(world, request)
    endpoint = CALLS.get(path)
    if endpoint is None:
        raise Refused(NOT_PLAYED, _NOT_PLAYED.format(path))
    if request.method != endpoint.method:
        raise Refused(43001 if endpoint.method == "GET" else 43002)
    if endpoint.wants_token:
        world.check_token(request.query_params.get("access_token"))
    return endpoint.answer(world, _api_request(request, body))


def _check_address(world: World, request: Request) -> None:
    """Raises Refused unless the call comes from an address on the whitelist."""
    assert request.client  # noqa: S101  # every connection has one
    address = request.client.host
    if world.whitelist is not None and address not in world.whitelist:
        raise Refused(40164, f"invalid ip {address} ipv6 ::ffff:{address}, not in whitelist")


def _api_request(request: Request, body: bytes) -> ApiRequest:
    kind = request.headers.get("content-type", "")
    query, address = dict(request.query_params), str(request.base_url).rstrip("/")
    if kind.startswith("multipart/"):
        fields, file, name = read_form(kind, body)
        return ApiRequest(query, fields, file, address, name)
    return ApiRequest(query, read_json(body) if body else {}, None, address)


def _errcode(answer: Answer | None) -> int | None:
    match answer:
        case None:
            return None
        case File():
            return 0
        case _:
            return int(answer.get("errcode", 0))


def _sent(answer: Answer, path: str) -> Response:
    if isinstance(answer, File):
        return _file(answer)
    of_users = path.startswith(oauth_calls.PREFIX)
    content_type = "text/plain" if of_users else "application/json; encoding=utf-8"
    return Response(write_json(answer), headers={"Content-Type": content_type})


def _file(file: File) -> Response:
    return Response(file.content, media_type=file.content_type)


async def _hang_up(request: Request) -> Response:
    """Closes the connection without an answer. The returned response is never sent."""
    client = request.client
    assert client  # noqa: S101  # every connection has one
    connection = CuttableProtocol.open.get((client.host, client.port))
    if connection:  # the client may have hung up before us
        connection.abort()
    while (await request.receive())["type"] != "http.disconnect":
        pass
    return Response()

"""The GET requests by which the page and the command read.

GET  /conversation   ?since=N: the entries that changed after revision N, and everything else
GET  /events         the same, live, as server-sent events
GET  /turns/N        everything behind that entry: deliveries, calls, record, job, log; for a late
                     message, that of the push for which it was sent
GET  /turns/N/routes which route answers it, and why the others do not
GET  /turns/N/curl   its push as a command
GET  /web-authorizations/N     what is behind that web authorization: pages, calls, log
GET  /saved          ?openid=…: a conversation, to be replayed
GET  /kinds          the messages and events a user can send, with their fields
GET  /menu           the account's menus as YAML
GET  /media/ID       a picture that a user or the account has sent
GET  /schedules      the schedules of app.py
GET  /stream/route   ?text=…: which route answers a stream of that text; without a text, it chooses
                     one that an idempotent route answers
GET  /replays        ?language=en: the steps of the replay, and how each went
GET  /faults         all faults, and whether they are on
"""

import json
import re
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from simulator.events import EVENTS

from . import details, menu_file, replay, requests, stream_routes, views, web_authorizations
from .attribution import Attribution
from .conversation import Entry, Late, Turn
from .feed import Feed
from .phone import Phone

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_REVISION = re.compile("[0-9]{1,15}")
_PICTURES = "image/"


def routes(phone: Phone) -> list[BaseRoute]:
    """The routes of all queries."""
    queries = Queries(phone)
    return [
        Route("/conversation", queries.show_conversation),
        Route("/events", queries.events),
        Route("/turns/{number:int}", queries.show_turn),
        Route("/turns/{number:int}/routes", queries.show_routes),
        Route("/turns/{number:int}/curl", queries.show_curl),
        Route("/web-authorizations/{number:int}", queries.show_web_authorization),
        Route("/saved", queries.show_saved),
        Route("/kinds", queries.show_kinds),
        Route("/menu", queries.show_menu),
        Route("/media/{media_id}", queries.show_media),
        Route("/schedules", queries.show_schedules),
        Route("/stream/route", queries.show_stream_route),
        Route("/faults", queries.show_faults),
        Route("/replays", queries.show_replay),
    ]


class Queries:
    """The endpoints of the queries."""

    def __init__(self, phone: Phone) -> None:
        self._phone = phone

    async def show_conversation(self, request: Request) -> Response:
        since = request.query_params.get("since", "0")
        if not _REVISION.fullmatch(since):
            return PlainTextResponse("since is the number of a revision", 400)
        return answer(
            {
                **self._phone.status(),
                "revision": self._phone.conversation.revision,
                "entries": [
                    views.entry(each, self._phone.conversation, self._phone.backend)
                    for each in self._phone.conversation.since(int(since))
                ],
                "calls": [
                    views.call(number, call) for number, call in enumerate(self._phone.world.calls)
                ],
                "faults": views.faults(self._phone.world.faults),
            }
        )

    async def events(self, request: Request) -> Response:
        session, _, revision = request.headers.get("last-event-id", "").partition("-")
        known = session == self._phone.session and _REVISION.fullmatch(revision)
        feed = Feed(self._phone, int(revision) if known else 0)
        return StreamingResponse(feed.events(), headers=HEADERS, media_type="text/event-stream")

    async def show_turn(self, request: Request) -> Response:
        phone = self._phone
        entry = _entry(phone, request)
        if entry is None:
            return missing()
        await phone.backend.look()
        shown = _turn(phone, request) or entry
        return answer(details.of_entry(shown, phone.conversation, phone.backend, phone.world))

    async def show_routes(self, request: Request) -> Response:
        turn = _turn(self._phone, request)
        if turn is None:
            return missing()
        document = turn.push.xml(turn.account.original_id)
        return answer(await self._phone.explanations.of(document))

    async def show_curl(self, request: Request) -> Response:
        turn = _turn(self._phone, request)
        if turn is None:
            return missing()
        return PlainTextResponse(
            details.curl(turn, self._phone.url, self._phone.world), headers=HEADERS
        )

    async def show_web_authorization(self, request: Request) -> Response:
        phone = self._phone
        authorization = phone.web_authorizations.find(request.path_params["number"])
        if authorization is None:
            return missing()
        await phone.backend.look()
        return answer(
            web_authorizations.details(authorization, phone.world.calls, phone.backend.lines)
        )

    async def show_saved(self, request: Request) -> Response:
        await self._phone.backend.look()
        openid = request.query_params.get("openid", "")
        entries = self._phone.conversation.entries
        return answer(replay.as_file(entries, openid, self._phone.backend))

    async def show_kinds(self, _: Request) -> Response:
        messages = {name: _own_fields(build().fields) for name, build in requests.MESSAGES.items()}
        return answer({"messages": messages, "events": EVENTS})

    async def show_menu(self, _: Request) -> Response:
        return PlainTextResponse(menu_file.written(self._phone.world), headers=HEADERS)

    async def show_media(self, request: Request) -> Response:
        file = self._phone.world.media.get(request.path_params["media_id"])
        if file is None or not file.content_type.startswith(_PICTURES):
            return missing()
        return Response(file.content, media_type=file.content_type, headers=HEADERS)

    async def show_replay(self, request: Request) -> Response:
        return answer(self._phone.replay.results(requests.language(request)))

    async def show_schedules(self, _: Request) -> Response:
        if self._phone.schedules is None:
            return PlainTextResponse(requests.NO_SCHEDULES, 400)
        return answer(await self._phone.schedules.listed())

    async def show_stream_route(self, request: Request) -> Response:
        text = request.query_params.get("text", "")
        own, explanations = self._phone.world.load().original_id, self._phone.explanations
        if text:
            return answer(await stream_routes.of_text(text, own, explanations))
        return answer(await stream_routes.harmless(own, explanations))

    async def show_faults(self, _: Request) -> Response:
        return answer(views.faults(self._phone.world.faults))


def answer(value: object, status: int = 200) -> Response:
    # ASCII only, because a browser can send lone surrogates, which UTF-8 cannot encode.
    return Response(json.dumps(value), status, media_type="application/json", headers=HEADERS)


def _entry(phone: Phone, request: Request) -> Entry | None:
    number = request.path_params["number"]
    entries = phone.conversation.entries
    return entries[number] if number < len(entries) else None


def _turn(phone: Phone, request: Request) -> Turn | None:
    """The turn of that number. For a late message, the turn for which it was sent."""
    entry = _entry(phone, request)
    if isinstance(entry, Late):
        return Attribution(phone.conversation.entries, phone.backend).cause(entry)
    return entry


def _own_fields(fields: Any) -> dict[str, Any]:
    return {name: fields[name] for name in fields if name not in ("MsgType", "MsgId")}


def missing() -> Response:
    return PlainTextResponse("not found", 404)

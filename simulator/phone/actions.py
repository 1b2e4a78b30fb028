"""The POST requests by which the page and the command act.

    POST /pushes         {"action": "say", "argument": "你好", "openid": …}: a user does something
    POST /repetitions    {"number": 3}: a user does again what that entry shows
    POST /uploads        stores a picture as WeChat's media; returns its media_id
    POST /deliveries     {"openid": …, "fields": {…}, "url": …, "app_id": …, "mode": …,
                         "wait": true}: the same by a command; returns its number, or 409 if it is
                         not for this phone, or nothing here shows when its job has ended
    POST /arrivals       {"openid": …, "fields": {…}}: a command delivers a push; returns the rules
    POST /faults         {"name": …, "on": true, "amount": 2}: turns a fault on or off
    POST /people         {"name": "小红"}: adds a user
    POST /menu           {"button": [ … ]}: sets the account's menu, as menu/create does; or
                         {"yaml": …}: all menus, as python -m ops menu does
    POST /mode           {"mode": "safe"}: sets the platform's mode
    POST /settings       {"LATE_ANSWERS": "passive"}: restarts the backend with a setting
    POST /stream         {"on": true, "text": "你好"}: starts or stops a stream of pushes
    POST /rotations      {"name": "token"}: rotates a secret
    POST /agent          {"act": "say", "openid": …, "text": …}: an agent of customer service writes
                         to a user, or does "take", "switch" or "close" their session
    POST /stored         {"act": "resend", "of": identity}: puts a dead letter back into its queue;
                         "clear" a session, "empty" a line, "forget" a user, of an openid
    POST /schedules      {"name": "morning"}: runs a schedule of app.py; returns what it printed
    POST /replays        replays a saved conversation with a new user; returns their openid
    POST /replays/end    ends the replay for all pages, and removes its users

Other sites cannot send these requests.
"""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from functools import wraps
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from chalicelib.wechat.replies import By, Text
from simulator.delivery import Rules
from simulator.platform import media_calls
from simulator.platform.bodies import ApiRequest
from simulator.platform.refusals import Refused

from . import menu_file, requests, stored_data, views
from .phone import Phone
from .queries import answer

_UPLOAD = "application/octet-stream"
_LARGEST_UPLOAD = 10_000_000

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]


def routes(phone: Phone) -> list[BaseRoute]:
    """The routes of all actions."""
    actions = Actions(phone)
    endpoints: dict[str, Endpoint] = {
        "/pushes": actions.push,
        "/repetitions": actions.repeat,
        "/deliveries": actions.deliver,
        "/arrivals": actions.arrive,
        "/faults": actions.switch,
        "/people": actions.add_person,
        "/menu": actions.set_menu,
        "/mode": actions.set_mode,
        "/settings": actions.set_backend,
        "/stream": actions.stream,
        "/rotations": actions.rotate,
        "/agent": actions.be_agent,
        "/stored": actions.change_stored,
        "/schedules": actions.run_schedule,
        "/replays": actions.play,
        "/replays/end": actions.end_replay,
    }
    return [
        *(Route(path, _own_pages_only(each), methods=["POST"]) for path, each in endpoints.items()),
        Route("/uploads", _own_pages_only(actions.upload, _UPLOAD), methods=["POST"]),
    ]


class Actions:
    """The endpoints of the actions."""

    def __init__(self, phone: Phone) -> None:
        self._phone = phone

    async def push(self, request: Request) -> Response:
        self._phone.begin(requests.push(await request.body()))
        return Response(status_code=202)

    async def repeat(self, request: Request) -> Response:
        turn = requests.turn(await request.body(), self._phone.conversation.entries)
        await self._phone.begin_again(turn.push)
        return Response(status_code=202)

    async def upload(self, request: Request) -> Response:
        content = await request.body()
        if len(content) > _LARGEST_UPLOAD:
            return PlainTextResponse("WeChat takes pictures of at most 10 MB", 413)
        upload = ApiRequest({"type": "image"}, {}, content, str(request.base_url), "picture.jpg")
        return answer(media_calls.upload(self._phone.world, upload))

    async def deliver(self, request: Request) -> Response:
        wanted, phone = requests.delivery(await request.body()), self._phone
        is_ours = (wanted.url, wanted.app_id) == (phone.url, phone.world.load().app_id)
        if not is_ours or (wanted.waits and not phone.backend.has_log):
            return Response(status_code=409)
        number = len(phone.conversation.entries)
        phone.begin(wanted.push, wanted.mode)
        return answer({"number": number})

    async def arrive(self, request: Request) -> Response:
        self._phone.world.arrived(requests.arrival(await request.body()))
        return answer(asdict(Rules.under(self._phone.world.faults)))

    async def switch(self, request: Request) -> Response:
        requests.switch(self._phone.world.faults, await request.body())
        return answer(views.faults(self._phone.world.faults))

    async def add_person(self, request: Request) -> Response:
        person = self._phone.people.add(requests.name(await request.body()))
        self._phone.introduce(person)
        self._phone.store()
        return answer(asdict(person))

    async def set_menu(self, request: Request) -> Response:
        try:
            described = requests.menu(await request.body())
            menu_file.set_menus(self._phone.world, described)
        except menu_file.NotAMenu as error:
            raise requests.BadRequest(str(error)) from None
        self._phone.store()
        self._phone.notifier.notify()
        return Response(status_code=204)

    async def set_mode(self, request: Request) -> Response:
        self._phone.set_mode(requests.mode(await request.body()))
        return Response(status_code=204)

    async def set_backend(self, request: Request) -> Response:
        self._phone.set_backend(requests.settings(await request.body()))
        return Response(status_code=204)

    async def stream(self, request: Request) -> Response:
        text = requests.stream(await request.body())
        if text is None:
            self._phone.stream.stop()
        else:
            self._phone.stream.start(text)
        return Response(status_code=204)

    async def rotate(self, request: Request) -> Response:
        name = requests.secret(await request.body())
        if self._phone.backend.tables is None:
            raise requests.BadRequest("there is no SSM here; make run starts one")
        self._phone.rotation.start(name, self._phone.backend.tables)
        return Response(status_code=202)

    async def be_agent(self, request: Request) -> Response:
        act, openid, text = requests.agent(await request.body())
        world = self._phone.world
        sessions = {
            "take": world.agents.take,
            "switch": world.agents.switch,
            "close": world.agents.close,
        }
        try:
            if act in sessions:
                self._phone.begin(sessions[act](openid))
            else:
                account = world.agents.taken(openid).account
                world.send(world.user(openid), By(account, Text(text)))
        except Refused as refused:
            raise requests.BadRequest(str(refused)) from None
        return Response(status_code=204)

    async def change_stored(self, request: Request) -> Response:
        act, of = requests.act(await request.body())
        if self._phone.backend.tables is None:
            raise requests.BadRequest("nothing is stored here; make run starts AWS")
        try:
            await stored_data.ACTS[act](of)
        except stored_data.NotChanged as error:
            raise requests.BadRequest(str(error)) from None
        self._phone.backend.wake()
        await self._phone.backend.look()
        self._phone.notifier.notify()
        return Response(status_code=204)

    async def run_schedule(self, request: Request) -> Response:
        name = requests.schedule(await request.body())
        if self._phone.schedules is None:
            raise requests.BadRequest(requests.NO_SCHEDULES)
        return answer(await self._phone.schedules.run(name))

    async def play(self, request: Request) -> Response:
        openid = self._phone.start_replay(requests.steps(await request.body()))
        return answer({"openid": openid}, 202)

    async def end_replay(self, _: Request) -> Response:
        self._phone.end_replay()
        return Response(status_code=204)


def _own_pages_only(endpoint: Endpoint, kind: str = "application/json") -> Endpoint:
    @wraps(endpoint)
    async def guarded(request: Request) -> Response:
        if not requests.is_own(request, kind):
            return PlainTextResponse("only the page itself may do that", 403)
        try:
            return await endpoint(request)
        except requests.BadRequest as error:
            return PlainTextResponse(str(error), 400)

    return guarded

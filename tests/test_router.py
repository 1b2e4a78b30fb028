"""The first route that matches answers, and a route that cannot work is refused at once."""

import functools
import re
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.router import Context, PerDay, RouteError, Router, Routes
from chalicelib.router.routes import handler_to_write
from chalicelib.wechat.messages import (
    ClickEvent,
    Event,
    Message,
    Push,
    TextMessage,
    UnsubscribeEvent,
    VideoMessage,
)
from chalicelib.wechat.parsing import from_fields


def text(content: str) -> Push:
    return push(MsgType="text", MsgId="1", Content=content)


def push(**fields: str) -> Push:
    return from_fields({"ToUserName": "gh", "FromUserName": "o", "CreateTime": "1", **fields})


def silent(push: Any, ctx: Context) -> None:
    """A handler for any kind, for tests that are about its route."""


def names(*routers: Router) -> Callable[[Push], str | None]:
    routes = Routes(*routers)

    def answering(push: Push) -> str | None:
        matched = routes.match(push)
        return matched[0].name if matched else None

    return answering


class TestMatching:
    def test_the_first_route_that_matches_answers(self) -> None:
        first, second = Router("first"), Router("second")

        @second.on(TextMessage, content="hello")
        def greet(message: TextMessage, ctx: Context) -> str:
            return "hi"

        @second.on(TextMessage)
        def echo(message: TextMessage, ctx: Context) -> str:
            return message.content

        @first.on(TextMessage, content="first")
        def win(message: TextMessage, ctx: Context) -> str:
            return "1"

        answering = names(first, second)
        assert answering(text("first")) == "first.win"
        assert answering(text("hello")) == "second.greet"
        assert answering(text("other")) == "second.echo"

    def test_a_string_is_the_whole_field(self) -> None:
        router = Router("r")
        router.on(TextMessage, content="help")(silent)
        assert names(router)(text("help me")) is None

    def test_a_regular_expression_matches_the_whole_field_and_names_groups(self) -> None:
        router = Router("r")
        router.on(TextMessage, content=re.compile(r"天气\s*(?P<city>\S+)(?P<day>明天)?"))(silent)
        routes = Routes(router)
        matched = routes.match(text("天气 北京"))
        assert matched is not None
        assert matched[1] == {"city": "北京", "day": ""}
        assert routes.match(text("今天天气 北京")) is None

    def test_all_patterns_of_a_route_must_fit(self) -> None:
        router = Router("r")
        router.on(ClickEvent, event_key="A", menu_id="1")(silent)
        click = {"MsgType": "event", "Event": "CLICK", "EventKey": "A"}
        assert names(router)(push(**click, MenuId="1")) == "r.silent"
        assert names(router)(push(**click, MenuId="2")) is None

    def test_a_base_class_answers_for_every_kind_below_it(self) -> None:
        router = Router("r")
        router.on(VideoMessage)(silent)
        assert names(router)(push(MsgType="shortvideo", MsgId="1", MediaId="m")) == "r.silent"
        assert names(router)(text("hi")) is None

    def test_an_account_without_handlers_answers_nothing(self) -> None:
        assert Routes().match(text("hi")) is None


class TestRefusedRoutes:
    """Each message says where the route is and what to write instead."""

    @staticmethod
    def refusal(kind: type[Push], handler: Any = silent, **options: Any) -> str:
        with pytest.raises(RouteError) as raised:
            Router("r").on(kind, **options)(handler)
        assert __file__ in str(raised.value)
        return str(raised.value)

    def test_an_unknown_field(self) -> None:
        assert "did you mean content?" in self.refusal(TextMessage, contents="x")
        assert "it has" in self.refusal(TextMessage, zzz="x")

    def test_a_pattern_of_the_wrong_type(self) -> None:
        assert "msg_id of TextMessage is int" in self.refusal(TextMessage, msg_id="1")
        assert "msg_id of TextMessage is int" in self.refusal(TextMessage, msg_id=re.compile("1"))
        assert "content of TextMessage is str" in self.refusal(TextMessage, content=1)

    def test_an_ack_without_slow(self) -> None:
        assert "write slow=True" in self.refusal(TextMessage, ack="wait")

    @pytest.mark.parametrize("only_slow", [{"stream": True}, {"long": True}, {"seconds": 20}])
    def test_what_only_a_slow_route_has(self, only_slow: dict[str, Any]) -> None:
        assert "write slow=True" in self.refusal(TextMessage, **only_slow)

    def test_a_time_that_is_none(self) -> None:
        assert "over 0" in self.refusal(TextMessage, slow=True, seconds=0)

    def test_more_seconds_than_the_function_has(self) -> None:
        assert "write long=True" in self.refusal(TextMessage, slow=True, seconds=60)
        assert "900 seconds" in self.refusal(TextMessage, slow=True, long=True, seconds=900)

    def test_a_limit_where_nothing_is_recorded(self) -> None:
        assert "leave out idempotent" in self.refusal(
            TextMessage, idempotent=True, limit=PerDay(20, "no more")
        )

    def test_a_limit_that_lets_nobody_through(self) -> None:
        assert "PerDay(1, …)" in self.refusal(TextMessage, limit=PerDay(0, "no more"))

    def test_a_limit_that_says_nothing(self) -> None:
        assert "请明天再来。" in self.refusal(TextMessage, limit=PerDay(20, text=""))

    @pytest.mark.parametrize(
        ("name", "write"), [("a b", "a_b"), ("a.b", "a_b"), ("", "chat"), (None, "chat")]
    )
    def test_a_router_whose_name_is_not_one_word(self, name: Any, write: str) -> None:
        with pytest.raises(RouteError, match=rf'write Router\("{write}"\)'):
            Router(name)

    @pytest.mark.parametrize(
        ("wrong", "write"), [({"limit": 20}, "PerDay(20, …)"), ({"seconds": "20"}, "over 0")]
    )
    def test_a_value_of_another_type(self, wrong: dict[str, Any], write: str) -> None:
        assert write in self.refusal(TextMessage, slow=True, **wrong)

    def test_slow_and_idempotent(self) -> None:
        assert "write one of the two" in self.refusal(TextMessage, slow=True, idempotent=True)

    @pytest.mark.parametrize("kind", [UnsubscribeEvent, Event])
    def test_slow_where_no_reply_window_opens(self, kind: type[Push]) -> None:
        assert "leave out slow" in self.refusal(kind, slow=True)

    def test_what_the_kind_says_already(self) -> None:
        assert "no field event" in self.refusal(ClickEvent, event="VIEW")
        assert "no field msg_type" in self.refusal(TextMessage, msg_type="image")
        assert "write on(SubscribeEvent)" in self.refusal(Event, event="subscribe")

    def test_a_pattern_over_bytes_or_a_truth_value(self) -> None:
        assert "is str" in self.refusal(TextMessage, content=re.compile(b"x"))
        assert "is int" in self.refusal(TextMessage, msg_id=True)

    def test_a_kind_that_is_none(self) -> None:
        assert "write on(TextMessage)" in self.refusal("text")  # type: ignore[arg-type]

    def test_an_ack_that_fits_no_passive_reply(self) -> None:
        assert "2048 bytes" in self.refusal(TextMessage, slow=True, ack="好" * 700)

    def test_a_route_added_after_its_router_was_put_in_order(self) -> None:
        router = Router("r")
        Routes(router)
        with pytest.raises(RouteError, match="in Routes already"):
            router.on(TextMessage)(silent)

    def test_a_handler_that_is_no_function(self) -> None:
        with pytest.raises(RouteError, match="is not a function"):
            Router("r").on(TextMessage)(functools.partial(silent))

    def test_a_handler_of_the_wrong_shape(self) -> None:
        def lonely(message: TextMessage) -> None: ...

        async def later(message: TextMessage, ctx: Context) -> None: ...

        async def generated(message: TextMessage, ctx: Context) -> Any:
            yield "x"

        def named(message: TextMessage, *, ctx: Context) -> None: ...

        assert "def lonely(push: TextMessage, ctx: Context)" in self.refusal(TextMessage, lonely)
        assert "takes two arguments" in self.refusal(TextMessage, named)
        assert "not async def" in self.refusal(TextMessage, later)
        assert "not async def" in self.refusal(TextMessage, generated)

    def test_a_handler_may_have_arguments_of_its_own(self) -> None:
        def remembers(message: TextMessage, ctx: Context, known: int = 0) -> None: ...

        Router("r").on(TextMessage)(remembers)

    def test_two_routes_of_one_name(self) -> None:
        router = Router("r")
        router.on(TextMessage, content="a")(silent)
        router.on(TextMessage, content="b")(silent)
        with pytest.raises(RouteError, match="silent has two routes; write a function for each"):
            Routes(router)
        twins = Router("twins")
        twins.on(TextMessage, content="a")(lambda message, ctx: None)
        twins.on(TextMessage, content="b")(lambda message, ctx: None)
        with pytest.raises(RouteError, match="rename one"):
            Routes(twins)

    def test_two_routers_of_one_name(self) -> None:
        with pytest.raises(RouteError, match="two routers are called 'r'"):
            Routes(Router("r"), Router("r"))

    @pytest.mark.parametrize(
        ("earlier", "later"),
        [
            ((Message, {}), (TextMessage, {})),
            ((TextMessage, {}), (TextMessage, {"content": "a"})),
            ((ClickEvent, {"event_key": "a"}), (ClickEvent, {"event_key": "a", "menu_id": "1"})),
            ((TextMessage, {"content": re.compile("a.*")}), (TextMessage, {"content": "abc"})),
        ],
    )
    def test_a_route_that_an_earlier_one_hides(self, earlier: Any, later: Any) -> None:
        def hidden(message: Any, ctx: Context) -> None: ...

        router = Router("r")
        router.on(earlier[0], **earlier[1])(silent)
        router.on(later[0], **later[1])(hidden)
        with pytest.raises(RouteError, match=r"r\.hidden is never reached, because r\.silent"):
            Routes(router)

    def test_one_of_two_routes_for_the_same_pushes_has_to_go(self) -> None:
        def other(message: TextMessage, ctx: Context) -> None: ...

        router = Router("r")
        router.on(TextMessage)(silent)
        router.on(TextMessage)(other)
        with pytest.raises(RouteError, match="delete one of the two"):
            Routes(router)

    def test_a_route_that_is_only_partly_covered_stands(self) -> None:
        def rest(message: TextMessage, ctx: Context) -> None: ...

        router = Router("r")
        router.on(TextMessage, content=re.compile("a.*"))(silent)
        router.on(TextMessage, content=re.compile(".*b"))(rest)
        assert names(router)(text("b")) == "r.rest"


def test_an_empty_ack_or_apology_is_none() -> None:
    router = Router("r", apology="\x00")
    router.on(TextMessage, slow=True, ack="")(silent)
    assert (router.routes[0].ack, router.routes[0].apology) == (None, None)


def test_a_push_nobody_answers_comes_with_the_handler_to_write() -> None:
    lines = handler_to_write(push(MsgType="event", Event="user_get_card", CardId="c1"))
    assert '@router.on(Event, event="user_get_card")' in lines.replace("'", '"')
    click = push(MsgType="event", Event="CLICK", EventKey="REPORT")
    assert "@router.on(ClickEvent, event_key='REPORT')" in handler_to_write(click)
    file = handler_to_write(push(MsgType="file"))
    assert file.startswith("from chalicelib.wechat.rare_messages import FileMessage\n")
    assert "secret" not in handler_to_write(text("secret"))


def test_a_context_shows_no_word_of_the_user_when_it_is_printed() -> None:
    assert "北京" not in repr(Context("identity", {"city": "北京"}))

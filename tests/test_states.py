"""Routes may ask where a user is in a conversation."""

import re
from typing import Any

import pytest

from chalicelib.router import Context, RouteError, Router, Routes
from chalicelib.router.context import OutOfPlace
from chalicelib.router.session import Session
from chalicelib.wechat.messages import ClickEvent, ImageMessage, Message, Push, TextMessage
from chalicelib.wechat.parsing import from_fields

from .fakes import Clock, FakeTable


def text(content: str) -> Push:
    return push(MsgType="text", MsgId="1", Content=content)


def push(**fields: str) -> Push:
    return from_fields({"ToUserName": "gh", "FromUserName": "o", "CreateTime": "1", **fields})


def routes(**options: dict[str, Any]) -> Routes:
    """One route for each keyword, in that order, called as the keyword says."""
    router = Router("r")
    for name, chosen in options.items():

        def handler(push: Any, ctx: Context) -> None: ...

        handler.__name__ = name
        router.on(**{"kind": TextMessage, **chosen})(handler)
    return Routes(router)


def answering(routes: Routes, push: Push, state: str | None = None) -> str:
    matched = routes.match(push, lambda: state)
    return matched.route.name.removeprefix("r.") if matched else ""


def asks_state(routes: Routes, push: Push) -> bool:
    """Whether the choice asks for the state; the match has to say the same."""
    looks: list[str] = []
    matched = routes.match(push, lambda: looks.append("look"))
    assert len(looks) <= 1
    assert matched is None or matched.by_state == bool(looks)
    return bool(looks)


class TestMatching:
    def test_a_route_answers_in_its_state_alone(self) -> None:
        booking = routes(phone={"state": "booking.phone"})
        assert answering(booking, text("1"), "booking.phone") == "phone"
        assert answering(booking, text("1"), "booking") == ""
        assert answering(booking, text("1")) == ""

    def test_a_route_without_a_state_answers_in_any(self) -> None:
        booking = routes(cancel={"content": "取消"}, phone={"state": "phone"}, rest={})
        assert answering(booking, text("取消"), "phone") == "cancel"
        assert answering(booking, text("1"), "phone") == "phone"
        assert answering(booking, text("1"), "name") == answering(booking, text("1")) == "rest"

    def test_a_regular_expression_matches_the_whole_state(self) -> None:
        booking = routes(cancel={"state": re.compile(r"booking\..+")})
        assert answering(booking, text("1"), "booking.phone") == "cancel"
        assert answering(booking, text("1"), "no booking.phone") == ""
        assert answering(booking, text("1")) == ""

    def test_fields_and_state_must_both_fit(self) -> None:
        booking = routes(phone={"content": re.compile(r"1\d{10}"), "state": "phone"}, rest={})
        assert answering(booking, text("13800138000"), "phone") == "phone"
        assert answering(booking, text("13800138000"), "name") == "rest"
        assert answering(booking, text("what?"), "phone") == "rest"

    def test_the_state_is_asked_for_only_where_the_choice_depends_on_it(self) -> None:
        booking = routes(
            help={"content": "help", "idempotent": True},
            phone={"content": re.compile(r"1\d{10}|help"), "state": "phone"},
            rest={},
        )
        assert asks_state(booking, text("13800138000"))
        assert not asks_state(booking, text("help"))
        assert not asks_state(booking, text("anything else"))
        assert not asks_state(booking, push(MsgType="event", Event="CLICK", EventKey="A"))

    def test_a_base_class_asks_for_every_kind_below_it(self) -> None:
        assert asks_state(routes(step={"kind": Message, "state": "a"}), text("1"))


class TestChecks:
    @pytest.mark.parametrize("state", ["", 1, True, re.compile(b"x")])
    def test_a_state_is_a_name(self, state: Any) -> None:
        with pytest.raises(RouteError, match=r'write state="booking\.phone"'):
            routes(phone={"state": state})

    def test_an_idempotent_route_has_no_state(self) -> None:
        with pytest.raises(RouteError, match="leave out idempotent=True"):
            routes(phone={"state": "phone", "idempotent": True})

    @pytest.mark.parametrize(
        ("earlier", "later"),
        [
            ({}, {"state": "a"}),
            ({"state": "a"}, {"state": "a"}),
            ({"state": "a"}, {"state": "a", "content": "x"}),
            ({"state": re.compile("a.*")}, {"state": "ab"}),
        ],
    )
    def test_a_route_that_an_earlier_one_hides(self, earlier: Any, later: Any) -> None:
        with pytest.raises(RouteError, match=r"r\.later is never reached, because r\.earlier"):
            routes(earlier=earlier, later=later)

    @pytest.mark.parametrize(
        ("earlier", "later"),
        [
            ({"state": "a"}, {}),
            ({"state": "a"}, {"state": "b"}),
            ({"state": re.compile("a.*")}, {"content": "x"}),
            ({"content": "x"}, {"state": "a"}),
            ({"state": "a"}, {"state": re.compile("a.*")}),
        ],
    )
    def test_a_route_that_is_reached_in_another_state_stands(
        self, earlier: Any, later: Any
    ) -> None:
        assert len(list(routes(earlier=earlier, later=later))) == 2

    @pytest.mark.parametrize(
        ("earlier", "later"),
        [
            ({}, {}),
            ({}, {"kind": Message}),
            ({"kind": Message}, {}),
            ({"content": "x"}, {"content": re.compile(".")}),
            ({"content": re.compile(".")}, {"content": "x"}),
            ({"content": re.compile("a")}, {"content": re.compile("b")}),
        ],
    )
    def test_an_idempotent_route_stands_before_a_state(self, earlier: Any, later: Any) -> None:
        with pytest.raises(RouteError, match=r"r\.quick cannot be idempotent.*r\.step at"):
            routes(step={**earlier, "state": "a"}, quick={**later, "idempotent": True})

    def test_one_that_would_hide_the_step_is_not_sent_before_it(self) -> None:
        with pytest.raises(RouteError, match="must be read first; leave out idempotent=True"):
            routes(step={"state": "a"}, quick={"idempotent": True})

    @pytest.mark.parametrize(
        ("earlier", "later"),
        [
            ({"kind": ImageMessage}, {}),
            ({"content": "x"}, {"content": "y"}),
            ({"content": re.compile("x")}, {"content": "y"}),
            ({"kind": ClickEvent, "event_key": "A"}, {"kind": ClickEvent, "event_key": "B"}),
        ],
    )
    def test_one_that_answers_other_pushes_may_stand_behind(self, earlier: Any, later: Any) -> None:
        step = {**earlier, "state": "a"}
        assert len(list(routes(step=step, quick={**later, "idempotent": True}))) == 2

    def test_a_slow_route_may_have_a_state_and_stand_behind_one(self) -> None:
        booking = routes(step={"state": "a", "slow": True, "ack": "wait"}, model={"slow": True})
        assert answering(booking, text("1"), "b") == "model"


class TestTheContext:
    def test_a_handler_reads_and_sets_the_state(self) -> None:
        table, clock = FakeTable(), Clock(1_800_000_000)
        ctx = Context("identity", session=Session(table, "oAlice", clock))
        assert ctx.state is None
        ctx.state = "booking.phone"
        table.write(*ctx.session.writes())
        assert Context("later", session=Session(table, "oAlice", clock)).state == "booking.phone"

    def test_an_idempotent_route_has_none(self) -> None:
        ctx = Context("identity")
        with pytest.raises(OutOfPlace, match="leave out idempotent=True"):
            _ = ctx.state
        with pytest.raises(OutOfPlace):
            ctx.state = "booking.phone"

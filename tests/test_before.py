"""`Router(before=…)`: one function that runs before each handler of a router, and may answer."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.router import Context, RouteError, Router, Routes
from chalicelib.router.handler_result import HandlerResult
from chalicelib.wechat.messages import Push, TextMessage
from chalicelib.wechat.replies import Text
from tests.door import APP
from tests.kit import OpenAccount, User


def for_bob_only(push: Push, ctx: Context) -> HandlerResult:
    return None if push.from_user_name == "oBob" else Text("not you")


@pytest.fixture
def users(open_account: OpenAccount) -> tuple[User, User]:
    """Alice and Bob, of an account whose router lets Bob through."""
    router = Router("r", before=for_bob_only)

    @router.on(TextMessage, content="pure", idempotent=True)
    def pure(message: TextMessage, ctx: Context) -> str:
        return "hi"

    @router.on(TextMessage)
    def plain(message: TextMessage, ctx: Context) -> str:
        return "hello"

    account = open_account(Routes(router), APP)
    return account.user("oAlice"), account.user("oBob")


@pytest.mark.parametrize(("said", "answer"), [("pure", "hi"), ("other", "hello")])
def test_its_reply_stands_instead_of_the_handlers(
    users: tuple[User, User], said: str, answer: str
) -> None:
    alice, bob = users
    assert alice.says(said) == Text("not you")
    assert bob.says(said) == Text(answer)


def test_on_slow_routes_it_runs_in_the_worker(open_account: OpenAccount) -> None:
    seen: list[str] = []

    def seeing(push: Push, ctx: Context) -> HandlerResult:
        seen.append(ctx.identity)
        return for_bob_only(push, ctx)

    router = Router("r", before=seeing)

    @router.on(TextMessage, slow=True, ack="wait")
    def slow(message: TextMessage, ctx: Context) -> Iterator[str]:
        yield "one"
        yield "two"

    account = open_account(Routes(router), APP)
    alice, bob = account.user("oAlice"), account.user("oBob")
    assert alice.says("hi") == bob.says("hi") == Text("wait")
    assert seen == []
    account.work()
    assert len(seen) == 2
    assert (alice.received, bob.received) == ([Text("not you")], [Text("one"), Text("two")])


def test_it_answers_instead_of_a_stream_and_with_its_label(open_account: OpenAccount) -> None:
    router = Router("r", ai=True, before=for_bob_only)

    @router.on(TextMessage, slow=True, stream=True)
    def stream(message: TextMessage, ctx: Context) -> Iterator[str]:
        yield "one, "
        yield "two"

    account = open_account(Routes(router), APP)
    alice, bob = account.user("oAlice"), account.user("oBob")
    alice.says("hi")
    bob.says("hi")
    account.work()
    assert alice.received == [Text("not you", ai=True)]
    assert bob.received == [Text("one, two", ai=True)]


def test_an_empty_text_is_silence_and_the_handler_does_not_run(open_account: OpenAccount) -> None:
    router = Router("r", before=lambda push, ctx: "")

    @router.on(TextMessage)
    def never(message: TextMessage, ctx: Context) -> str:
        raise AssertionError

    assert open_account(Routes(router), APP).user().says("hi") is None


def test_what_it_raises_is_the_handlers_failure(open_account: OpenAccount) -> None:
    tries: list[str] = []

    def fails_once(push: Push, ctx: Context) -> None:
        tries.append(ctx.identity)
        if len(tries) == 1:
            raise ConnectionError

    router = Router("r", before=fails_once)

    @router.on(TextMessage)
    def plain(message: TextMessage, ctx: Context) -> str:
        return "hello"

    account = open_account(Routes(router), APP)
    alice = account.user()
    assert alice.says("hi") is None
    account.work()
    assert alice.received == [Text("hello")]
    assert tries[0] == tries[1]


def test_one_that_can_never_work_is_refused_at_import() -> None:
    def lonely(push: Push) -> None: ...

    async def later(push: Push, ctx: Context) -> None: ...

    def yielding(push: Push, ctx: Context) -> Iterator[str]:
        yield "not you"

    def refusal(before: Any) -> str:
        with pytest.raises(RouteError) as raised:
            Router("r", before=before)
        return str(raised.value)

    assert "def lonely(push: Push, ctx: Context)" in refusal(lonely)
    assert "write a plain def" in refusal(later)
    assert "write a plain def" in refusal(yielding)
    assert "before is a function" in refusal("lonely")
    assert __file__ in refusal(lonely)

"""Handlers that take their time, in virtual seconds, for tests of what happens to their answers."""

from collections.abc import Callable, Iterator

from chalicelib.router import Context, PerDay, Router, Routes
from chalicelib.wechat.messages import ClickEvent, TextMessage, UnsubscribeEvent
from chalicelib.wechat.replies import (
    Article,
    Image,
    MsgMenu,
    MsgMenuItem,
    News,
    Reply,
    Text,
    TransferCustomerService,
)


class Killed(KeyboardInterrupt):
    """The process ends here, as by SIGKILL: nothing of ours may catch it."""


def routes(sleep: Callable[[float], None]) -> Routes:  # noqa: C901, PLR0915 - many, not complex
    """An account with handlers that pass the time by `sleep`."""
    router = Router("test", apology="sorry")
    runs: list[str] = []

    @router.on(TextMessage, content="fast")
    def fast(message: TextMessage, ctx: Context) -> Reply:
        return Text("fast answer")

    @router.on(TextMessage, content="quiet")
    def quiet(message: TextMessage, ctx: Context) -> None:
        return None

    @router.on(TextMessage, content="late")
    def late(message: TextMessage, ctx: Context) -> Reply:
        sleep(6)
        return Text("late answer")

    @router.on(TextMessage, content="several")
    def several(message: TextMessage, ctx: Context) -> Iterator[Reply]:
        yield Text("one")
        yield Image("two")

    @router.on(TextMessage, content="broken")
    def broken(message: TextMessage, ctx: Context) -> Reply:
        raise LookupError

    @router.on(TextMessage, content="slow", slow=True, ack="a moment")
    def slow(message: TextMessage, ctx: Context) -> Reply:
        sleep(20)
        return Text("slow answer")

    @router.on(TextMessage, content="scarce", limit=PerDay(2, text="no more today"))
    def scarce(message: TextMessage, ctx: Context) -> Reply:
        return Text("scarce answer")

    @router.on(TextMessage, content="rationed", slow=True, limit=PerDay(2, text="no more today"))
    def rationed(message: TextMessage, ctx: Context) -> Reply:
        runs.append("run")
        if len(runs) == 1:
            raise LookupError
        return Text("rationed answer")

    @router.on(TextMessage, content="long", slow=True)
    def long(message: TextMessage, ctx: Context) -> Reply:
        return Text("好" * 1500)

    @router.on(TextMessage, content="think", slow=True, long=True)
    def think(message: TextMessage, ctx: Context) -> Reply:
        return Text("thought")

    @router.on(TextMessage, content="many", slow=True)
    def many(message: TextMessage, ctx: Context) -> list[Reply | str]:
        return [str(number) for number in range(7)]

    @router.on(TextMessage, content="three", slow=True)
    def three(message: TextMessage, ctx: Context) -> list[Reply | str]:
        return ["1", "2", "3"]

    @router.on(TextMessage, content="human", slow=True)
    def human(message: TextMessage, ctx: Context) -> Reply:
        return TransferCustomerService()

    @router.on(TextMessage, content="count")
    def count(message: TextMessage, ctx: Context) -> Reply:
        ctx.session["count"] = ctx.session.get("count", 0) + 1
        return Text(str(ctx.session["count"]))

    @router.on(TextMessage, content="write", slow=True)
    def write(message: TextMessage, ctx: Context) -> None:
        ctx.send("oBob", "from Alice")

    @router.on(TextMessage, content="write in any order", slow=True)
    def write_in_any_order(message: TextMessage, ctx: Context) -> None:
        runs.append("run")
        for openid in ("oBob", "oCarol")[:: -1 if len(runs) > 1 else 1]:
            ctx.send(openid, f"for {openid}")
        if len(runs) == 1:
            raise LookupError

    @router.on(TextMessage, content="mixed", slow=True)
    def mixed(message: TextMessage, ctx: Context) -> list[Reply | str]:
        return ["one", Image("expired"), "three"]

    @router.on(TextMessage, content="unkeepable")
    def unkeepable(message: TextMessage, ctx: Context) -> list[Reply | str]:
        return ["one", Image(b"two")]  # type: ignore[arg-type]

    @router.on(TextMessage, content="forget")
    def forget(message: TextMessage, ctx: Context) -> Reply:
        ctx.session.clear()
        return Text("forgotten")

    @router.on(TextMessage, content="forget slowly", slow=True)
    def forget_slowly(message: TextMessage, ctx: Context) -> Reply:
        ctx.session.clear()
        return Text("forgotten")

    @router.on(TextMessage, content="deadly", slow=True)
    def deadly(message: TextMessage, ctx: Context) -> Reply:
        runs.append("run")
        if len(runs) == 1:
            sleep(2)
            raise Killed
        return Text("alive")

    @router.on(TextMessage, content="endless", slow=True)
    def endless(message: TextMessage, ctx: Context) -> Reply:
        raise Killed

    @router.on(TextMessage, content="ask", slow=True)
    def ask(message: TextMessage, ctx: Context) -> Reply:
        return Text(ctx.api.user_info(message.from_user_name).remark)

    @router.on(TextMessage, content="misplaced")
    def misplaced(message: TextMessage, ctx: Context) -> Reply:
        return Text(ctx.api.user_info(message.from_user_name).remark)

    @router.on(TextMessage, content="pure", idempotent=True)
    def pure(message: TextMessage, ctx: Context) -> Reply:
        return Text("pure answer")

    @router.on(TextMessage, content="slowly pure", idempotent=True)
    def slowly_pure(message: TextMessage, ctx: Context) -> Reply:
        sleep(6)
        return Text("slowly pure answer")

    @router.on(ClickEvent, event_key="MENU", slow=True)
    def menu(event: ClickEvent, ctx: Context) -> Reply:
        return MsgMenu("which?", (MsgMenuItem("1", "this"),))

    @router.on(ClickEvent, event_key="ARTICLES")
    def articles(event: ClickEvent, ctx: Context) -> Reply:
        return News(Article("first article"), Article("second article"))

    @router.on(ClickEvent, event_key="REPORT", slow=True)
    def report(event: ClickEvent, ctx: Context) -> Reply:
        return Text("report")

    @router.on(ClickEvent, event_key="BROKEN", slow=True)
    def broken_report(event: ClickEvent, ctx: Context) -> Reply:
        raise LookupError

    @router.on(UnsubscribeEvent)
    def gone(event: UnsubscribeEvent, ctx: Context) -> Reply:
        raise LookupError

    return Routes(router)

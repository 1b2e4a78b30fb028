"""Users read that AI has made an answer, whichever way it reaches them."""

from chalicelib.config import LateAnswers
from chalicelib.router import Context, HandlerResult, Router, Routes
from chalicelib.wechat.messages import ClickEvent, TextMessage
from chalicelib.wechat.replies import By, Image, Reply, Text
from simulator import pushes
from tests.door import APP
from tests.kit import OpenAccount

LINE = "\n\n内容由第三方AI生成"
LONG = "好" * 700
SAID: dict[str, HandlerResult] = {
    "question": "answer",
    "drawing": [Image("m1"), By("kf@shop", Text("drawn"))],
    "own": Text("answer", ai="AI 写的"),
    "long": LONG,
}

team = Router("team")
model = Router("model", apology="sorry", ai=True)


@team.on(ClickEvent, event_key="SEVEN", slow=True)
def seven(event: ClickEvent, ctx: Context) -> HandlerResult:
    return ["0", Text("1", ai=True), *"23456"]


@model.on(TextMessage, slow=True, ack="a moment")
def answer(message: TextMessage, ctx: Context) -> HandlerResult:
    return SAID[message.content]


ROUTES = Routes(team, model)


def late(open_account: OpenAccount, text: str) -> list[Reply]:
    """What a user reads of the model's answer; the ack is no work of AI."""
    account = open_account(ROUTES, APP)
    alice = account.user()
    assert alice.says(text) == Text("a moment")
    account.work(120)
    return alice.received


def test_all_that_a_router_for_ai_answers_is_labelled(open_account: OpenAccount) -> None:
    assert late(open_account, "question") == [Text("answer", ai=True)]
    assert late(open_account, "drawing") == [
        Image("m1", ai=True),
        By("kf@shop", Text("drawn", ai=True)),
    ]


def test_a_route_may_say_otherwise(open_account: OpenAccount) -> None:
    router = Router("r", ai=True)

    @router.on(TextMessage, ai=False)
    def help_text(message: TextMessage, ctx: Context) -> HandlerResult:
        return "Ask me"

    assert open_account(Routes(router), APP).user().says("help") == Text("Ask me")


def test_the_apology_is_not(open_account: OpenAccount) -> None:
    assert late(open_account, "broken") == [Text("sorry")]


def test_each_part_of_a_long_text_is_labelled(open_account: OpenAccount) -> None:
    parts = late(open_account, "long")
    assert len(parts) == 2
    assert all(isinstance(part, Text) and part.ai for part in parts)


def test_a_message_is_labelled_if_any_of_its_texts_is(open_account: OpenAccount) -> None:
    account = open_account(ROUTES, APP)
    alice = account.user()
    alice.does(pushes.click("SEVEN"))
    account.work()
    assert alice.received == [Text("\n\n".join("0123456"), ai=True)]


def test_a_passive_reply_ends_with_the_label(open_account: OpenAccount) -> None:
    account = open_account(ROUTES, APP, LateAnswers.PASSIVE)
    alice = account.user()
    assert alice.says("question") == Text(f"answer{LINE}")
    assert alice.says("own") == Text("answer\n\nAI 写的")


def test_a_passive_reply_has_room_for_hint_and_label(open_account: OpenAccount) -> None:
    account = open_account(ROUTES, APP, LateAnswers.PASSIVE)
    alice = account.user()
    first, rest = alice.says("long"), alice.says("question")
    assert isinstance(first, Text)
    assert isinstance(rest, Text)
    assert first.content.endswith(f"还有 1 条，回复“继续”查看{LINE}")
    assert rest.content.endswith(f"好\n\nanswer{LINE}")
    assert (first.content + rest.content).count("好") == len(LONG)
    assert rest.content.count(LINE) == 1

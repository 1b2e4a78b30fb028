"""The recipe of a language model, run against the stand-in."""

import re
from collections.abc import Callable, Iterator
from types import ModuleType

import pytest

from chalicelib.config import LateAnswers
from chalicelib.router import Router, Routes
from chalicelib.wechat.replies import Text
from simulator import pushes
from simulator.model import texts
from simulator.model.behaviour import Behaviour
from simulator.model.endpoint import Model, running
from tests.door import APP
from tests.kit import Account, OpenAccount, User
from tests.recipes import BLOCKS, HANDLERS, recipe

QUESTION = "怎么泡茶"
MARKDOWN = texts.text(QUESTION, 1200)
ACK = Text("正在想，请稍候。没看到回答时，回复“继续”。")
APOLOGY = Text("现在回答不了，请稍后再试。")


@pytest.fixture(scope="module")
def completion() -> ModuleType:
    return recipe("completion")


@pytest.fixture(scope="module")
def plain(completion: ModuleType) -> Callable[..., str]:
    return lambda text, said="": "".join(completion.plain(texts.tokens(text), said))


@pytest.fixture
def bot(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    return recipe("model")


@pytest.fixture(scope="module")
def serving() -> Iterator[Model]:
    with running(Behaviour(speed=0)) as model:
        yield model


@pytest.fixture
def model(serving: Model, bot: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Model:
    """The model that the bot asks."""
    monkeypatch.setattr(bot, "URL", serving.url)
    serving.asked.clear()
    return serving


@pytest.fixture
def account(open_account: OpenAccount, bot: ModuleType) -> Account:
    account = open_account(Routes(bot.router), APP)
    account.put_secret("own/model-key", "k")
    return account


@pytest.fixture
def alice(account: Account, model: Model) -> User:
    return account.user()


def read(user: User) -> str:
    """What reached the user, without white space, which may be where messages were cut."""
    contents = [reply.content for reply in user.received if isinstance(reply, Text)]
    return re.sub(r"\s", "", "".join(contents))


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("## 泡茶\n\n**水温**不超过*八十*度。", "泡茶\n\n水温不超过八十度。"),
        ("- 茶\n  - 绿茶\n1. 水\n", "• 茶\n  • 绿茶\n1. 水\n"),
        ("见[指南](https://a.b/c?d=1&e=f)。", '见<a href="https://a.b/c?d=1&e=f">指南</a>。'),
        ("![图](https://a.b/c.png)", '<a href="https://a.b/c.png">图</a>'),
        ("用`pour()`倒。", "用pour()倒。"),
        ("```c\n*p = **q;\n```\n", "────────\n*p = **q;\n────────\n"),
        ("| 茶 | 度 |\n|---|:-:|\n| 绿。茶 | 80 |\n", "茶 | 度\n绿。茶 | 80\n"),
        ("> 先烫杯。\n\n---\n\n2 * 3 < 7", "先烫杯。\n\n\n\n2 * 3 < 7"),
        ("他说**“很好。”**然后", "他说“很好。”然后"),
        ("<think>嗯。\n\n一、二</think>\n\n好的。", "好的。"),
        ("<think>想不完", ""),
    ],
)
def test_markdown_is_shown_as_plain_text(
    plain: Callable[..., str], markdown: str, shown: str
) -> None:
    assert plain(markdown) == shown


def test_it_comes_in_pieces_that_are_long_enough_to_be_checked(completion: ModuleType) -> None:
    *pieces, last = filter(None, completion.plain(texts.tokens(MARKDOWN)))
    assert last
    assert 20 < len(pieces) <= len(MARKDOWN) // completion.LEAST
    assert all(piece[-1] in "。！？；\n" for piece in pieces)


def test_the_text_is_the_same_when_it_goes_on_from_any_line_or_sentence(
    completion: ModuleType, plain: Callable[..., str], model: Model
) -> None:
    whole = plain(MARKDOWN)
    ends = [found.end() for found in re.finditer(r"[。！？]|\n+|\S(?=\n)", whole)]
    assert len(ends) > 30
    for end in ends:
        said = whole[:end]
        rest = texts.rest(MARKDOWN, completion.as_markdown(said))
        assert rest is not None, said
        assert said + plain(rest, said) == whole


def test_the_model_is_asked_to_go_on_from_what_was_said(
    completion: ModuleType, model: Model
) -> None:
    messages = [{"role": "user", "content": QUESTION}]
    whole = "".join(completion.said_by_model(model.url, "k", "any", messages))
    said = whole[: whole.index("\n\n", 200)]
    rest = "".join(completion.said_by_model(model.url, "k", "any", messages, said))
    assert said + rest == whole
    assert model.asked[-1]["messages"][-1]["prefix"] is True


def test_its_first_sentence_leaves_though_it_is_short(completion: ModuleType) -> None:
    pieces = completion.plain(texts.tokens("好。我们先说水温，再说时间，最后说茶叶。"))
    assert next(filter(None, pieces)) == "好。"


@pytest.mark.parametrize("trouble", ["cut=200", "hang=200"])
def test_a_model_that_hangs_up_or_falls_silent_goes_on(
    completion: ModuleType, model: Model, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    def answer(question: str) -> str:
        messages = [{"role": "user", "content": question}]
        return "".join(completion.said_by_model(model.url, "k", "any", messages))

    monkeypatch.setattr(completion, "SILENCE", 0.05)
    assert answer(f"{QUESTION} {trouble}") == answer(QUESTION)
    assert len(model.asked) > 4


def test_one_that_cannot_go_on_does_not_begin_again(
    account: Account,
    alice: User,
    model: Model,
    completion: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(completion, "GOES_ON", {})
    alice.says(f"{QUESTION} cut=200")
    account.work(seconds=200)
    assert len(model.asked) == 1
    assert read(alice).endswith(APOLOGY.content)
    assert read(alice).count(f"关于“{QUESTION}”") == 1


def test_a_model_may_think_without_a_word(
    completion: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(completion, "SILENCE", 0.02)
    messages = [{"role": "user", "content": QUESTION}]
    with running(Behaviour(speed=0, think=0.1)) as thinking:
        assert "".join(completion.said_by_model(thinking.url, "k", "any", messages))


def test_the_bot_answers_and_remembers(account: Account, alice: User, model: Model) -> None:
    alice.says("第一问 length=300")
    alice.says("第二问 length=300 think=0 thoughts=reasoning")
    account.work()
    assert "第一问" in read(alice)
    assert all(each.ai for each in alice.received if isinstance(each, Text))
    first, second = model.asked
    assert [each["role"] for each in first["messages"]] == ["system", "user"]
    assert [each["role"] for each in second["messages"]] == ["system", "user", "assistant", "user"]
    assert re.sub(r"\s", "", second["messages"][2]["content"]) in read(alice)


def test_what_was_said_before_a_cancellation_is_remembered(
    account: Account, alice: User, bot: ModuleType, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []

    def cancels(text: str) -> bool:
        checked.append(text)
        if len(checked) == 3:
            account.work(1)
            alice.says("取消")
        return True

    monkeypatch.setattr(bot, "allowed", cancels)
    alice.says("第一问 length=3000")
    account.work()
    alice.says("第二问 length=100")
    account.work()
    told = model.asked[-1]["messages"]
    assert [each["role"] for each in told] == ["system", "user", "assistant", "user"]
    assert told[2]["content"].startswith("".join(checked[:3]))
    assert len(told[2]["content"]) < 1000


def test_the_word_continue_is_no_question(account: Account, alice: User, model: Model) -> None:
    alice.says("继续")
    alice.says(f"{QUESTION} length=9000")
    account.work()
    alice.says(" 继续 ")
    account.work()
    assert len(model.asked) == 1
    assert alice.received[0] == Text("暂时没有更多内容")
    assert len(alice.received) > 6


def test_without_the_customer_service_api_the_answer_comes_with_that_word(
    open_account: OpenAccount, bot: ModuleType, model: Model
) -> None:
    account = open_account(Routes(bot.router), APP, LateAnswers.PASSIVE)
    account.put_secret("own/model-key", "k")
    alice = account.user()
    assert alice.says(f"{QUESTION} length=300") == ACK
    assert alice.says("继续") == Text("暂时没有更多内容")
    account.work()
    answer = alice.says("继续")
    assert isinstance(answer, Text)
    assert f"关于“{QUESTION}”" in answer.content
    assert alice.says("继续") == Text("暂时没有更多内容")
    assert len(model.asked) == 1


def test_it_forgets_what_is_more_than_some_tokens_ago(completion: ModuleType) -> None:
    messages = [{"role": "user", "content": each} for each in ("茶" * 500, "tea" * 100, "水")]
    assert completion.recent(messages, 1000) == messages
    assert completion.recent(messages, 500) == messages[1:]
    assert completion.recent(messages, 1) == messages[2:]


def test_nothing_leaves_after_what_the_check_refuses(
    account: Account, alice: User, bot: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot, "allowed", lambda text: "```" not in text and "•" not in text)
    alice.says(QUESTION)
    account.work()
    assert read(alice).endswith("这个我不便回答，换个话题吧。")
    assert "•" not in read(alice)


@pytest.mark.parametrize("trouble", ["fail=429", "fail=500", "cut=0"])
def test_a_model_that_fails_ends_with_the_apology(
    account: Account, alice: User, trouble: str
) -> None:
    alice.says(f"{QUESTION} {trouble}")
    account.work(seconds=200)
    assert alice.received == [APOLOGY]


def test_its_own_words_have_no_label(alice: User) -> None:
    assert alice.says("取消") == Text("好的，不说了。")
    assert alice.does(pushes.follow()) == Text(
        "欢迎关注，有问题请直接问。“取消”停止回答，“继续”查看余下内容。"
    )


def test_a_conversation_goes_on_beside_it(
    open_account: OpenAccount, bot: ModuleType, model: Model
) -> None:
    booking = BLOCKS[HANDLERS, "A conversation", "python", 1].run()["router"]
    assert isinstance(booking, Router)
    account = open_account(Routes(booking, bot.router), APP)
    account.put_secret("own/model-key", "k")
    alice = account.user()
    alice.says("预约")
    assert alice.says("哪天人少？") == ACK
    assert alice.says("5月20日") == Text("请问怎么称呼您？")
    account.work()
    assert "哪天人少？" in read(alice)
    assert alice.says("小明") == Text("小明，您的手机号是？")
    assert alice.says("13800138000") == Text("小明，5月20日见！")

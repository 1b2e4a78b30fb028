"""The page translates the English sentences of the log and the server."""

import ast
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from chalicelib.wechat.errors import Call, api_error
from simulator.account import Account
from simulator.platform.refusals import ERRMSGS
from simulator.sentences import in_chinese
from tests import sentences
from tests.browser.chat import phone
from tests.simulated import wechat_side

SIMULATED = ("simulator/phone", "simulator/saved_conversations.py", "simulator/faults.py")
NAMES = {"push", "job", "{}: {}"}
"""Headings of ordinary lines, which stay as the log has them, and a service with its error."""
CHINESE = re.compile("[一-鿿]")
CODE = re.compile(r"[a-z_]+|repeated_\w+")
VALUE = "x7"
OF_MENUS = (40007, 40016, 40017, 40018, 40019, 40020, 40023, 40025, 47003)
"""How WeChat refuses a menu, which the page's editor shows."""


def advice(shipped: list[ast.Module]) -> set[str]:
    """The advice for all known errcodes of WeChat, and for any other."""
    table = sentences.assigned(shipped, "_ADVICE")
    assert isinstance(table, ast.Dict)
    errcodes = [ast.literal_eval(each) for each in table.keys if each]
    return {
        str(api_error(errcode, "as WeChat says", call))
        for errcode in [*errcodes, 99999]
        for call in Call
    }


def of_the_log() -> set[str]:
    shipped = sentences.trees("chalicelib", "local/pump.py")
    reasons = sentences.raised(shipped, "PushError", "ApiError", "Unavailable")
    reasons |= {f"{service}: {{}}" for service in sentences.raised(shipped, "unavailable")}
    reasons |= sentences.returned(shipped, "_unsendable") | advice(shipped)
    return (sentences.logged(shipped) | reasons) - NAMES


def of_the_server() -> set[str]:
    names = (
        "BadRequest",
        "BadAmount",
        "NotAConversation",
        "NotAMenu",
        "NotChanged",
        "PlainTextResponse",
    )
    simulated = sentences.trees(*SIMULATED)
    found = sentences.raised(simulated, *names) | sentences.keyed(simulated, "problem")
    of_menus = {ERRMSGS[errcode] for errcode in OF_MENUS}
    return {each for each in found if not CHINESE.search(each)} | of_menus


@pytest.fixture
def page(window: Page, port: int) -> Iterator[Page]:
    with (
        wechat_side(Account.new(), port=port) as side,
        phone(window, side.address, may_complain=True) as page,
    ):
        yield page


def said(page: Page, language: str, *sentences: str) -> list[str]:
    """The sentences as the page shows them in that language, which is chosen once for all."""
    script = """async ([language, sentences]) => {
        const { choose } = await import("/static/i18n.js");
        const { inLanguage } = await import("/static/sentences.js");
        choose(language);
        return sentences.map((each) => inLanguage(each));
    }"""
    words: list[str] = page.evaluate(script, [language, sentences])
    return words


@pytest.mark.parametrize("found", [of_the_log, of_the_server])
def test_each_sentence_exists_in_both_languages(page: Page, found: Callable[[], set[str]]) -> None:
    sentences_ = [each.replace("{}", VALUE) for each in sorted(found())]
    assert len(sentences_) > 20
    both = said(page, "zh", *sentences_), said(page, "en", *sentences_)
    for sentence, chinese, english in zip(sentences_, *both, strict=True):
        assert CHINESE.search(chinese), f"no Chinese for: {sentence}"
        assert not CODE.fullmatch(english), f"no words for: {sentence}"
        assert in_chinese(sentence) == chinese, "the terminal says something else"
        for told in (chinese, english):
            assert sentence.count(VALUE) == told.count(VALUE), told


def test_an_unknown_sentence_stays_as_it_is(page: Page) -> None:
    unnamed = ("constructor", "toString", "__proto__")
    unknown = ["KeyError: 'a'", "SyntaxError: x cannot be y", "", "一句话", *unnamed]
    assert said(page, "zh", *unknown) == unknown
    assert said(page, "en", *unknown) == unknown


def test_wechats_errmsg_follows_our_words(page: Page) -> None:
    (told,) = said(page, "zh", str(api_error(45015, "response out of time limit")))
    assert told.endswith("(45015 response out of time limit)")


def test_a_refusal_of_the_server_is_shown_in_the_language_of_the_page(page: Page) -> None:
    script = """async () => {
        const { post } = await import("/static/server.js");
        await post("settings", { LATE_ANSWERS: "never" });
    }"""
    page.evaluate(script)
    words = page.locator("#complaint").inner_text()
    assert words.startswith("模拟器拒绝了请求：设置 LATE_ANSWERS 不能是 never")

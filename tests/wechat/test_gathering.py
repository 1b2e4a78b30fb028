"""What a model says piece by piece is cut where a reader would pause, and nothing of it is lost."""

import re
import time
from itertools import accumulate

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.wechat.gathering import SHORT, Gathering
from tests.wechat.test_texts import LINK, WHOLE

SIZE = 160
CODE = "```python\nprint('好。')\n\nprint('再见。')\n```"
RULE = "────────"
STAY_WHOLE = [
    *WHOLE,
    LINK,
    "**重点。 很重要！**",
    "*强调，就是 这样*",
    "~~划掉。 了~~",
    "`a. b; c`",
    "``a ` b。c``",
    "`a `` b。 c`",
    "[一页，标题。](https://shop.example/a_(b)?c=1,2)",
    '[一页](https://shop.example/ "标题。 好")',
    "![图。片](https://shop.example/p.png)",
    "https://shop.example/orders,new?page=1;b=2!",
    "https://zh.example/条目#第一节",
    "3.14",
    "1,024",
    "12：30",
    "shop.example",
    "e.g.b",
    r"\*",
    "……",
]
BETWEEN = [
    "好",
    "你好，",
    "好的。",
    "行；",
    " ",
    "他说：“好。”",
    "\n",
    "\n\n",
    "\n- ",
    "\n1. ",
    "一二三四五六七八九十",
]
SPOKEN = st.lists(st.tuples(st.sampled_from(BETWEEN), st.sampled_from(STAY_WHOLE)), max_size=40)
ASKS = st.lists(st.sampled_from(["sentences", "paragraph", ""]), min_size=1, max_size=5)
WIDTHS = st.lists(st.integers(1, 9), min_size=1, max_size=5)


def gathered(pieces: list[str], asks: list[str], size: int = SIZE) -> list[str]:
    """The messages, the rest last, if what `asks` say in turn is asked after each piece."""
    gathering, messages = Gathering(size), []
    for number, piece in enumerate(pieces):
        gathering.add(piece)
        while message := gathering.full():
            messages.append(message)
        ask = asks[number % len(asks)]
        if ask and (message := getattr(gathering, ask)()):
            messages.append(message)
    return [*messages, gathering.rest()]


def split(text: str, widths: list[int]) -> list[str]:
    """`text` in pieces of `widths` characters, in turn."""
    pieces: list[str] = []
    while text:
        width = widths[len(pieces) % len(widths)]
        pieces.append(text[:width])
        text = text[width:]
    return pieces


def after(text: str, ask: str = "sentences", size: int = SIZE) -> str | None:
    """What `ask` brings when `text` is known."""
    gathering = Gathering(size)
    gathering.add(text)
    message = getattr(gathering, ask)()
    assert message is None or isinstance(message, str)
    assert (message or "") + gathering.rest() == text
    return message


class TestNothingIsLost:
    @given(
        st.lists(st.text() | st.sampled_from([*STAY_WHOLE, *BETWEEN, "**", "```\n", "<a "])), ASKS
    )
    @example(["\ud83d。", "\ude00", " " * 500, "a" * 500], ["sentences"])
    def test_the_messages_are_what_was_added(self, some: list[str], asks: list[str]) -> None:
        messages = gathered(pieces := some * 3, asks)
        assert "".join(messages) == "".join(pieces)
        assert all(message.strip() for message in messages[:-1])
        sizes = [len(message.strip().encode("utf-8", "replace")) for message in messages]
        assert max(sizes) <= SIZE

    def test_after_the_rest_it_begins_again(self) -> None:
        gathering = Gathering(SIZE)
        gathering.add("```\n" + "a = 1\n" * 40)
        assert gathering.full()
        assert gathering.rest()
        gathering.add("好。")
        assert gathering.full() is None
        assert gathering.sentences() == "好。"
        assert gathering.rest() == ""


class TestStaysWhole:
    @given(SPOKEN, ASKS, WIDTHS)
    def test_wherever_the_pieces_end(
        self, spoken: list[tuple[str, str]], asks: list[str], widths: list[int]
    ) -> None:
        messages = gathered(split("".join(map("".join, spoken)), widths), asks)
        cuts = set(accumulate(map(len, messages)))
        ends = accumulate(len(between) + len(whole) for between, whole in spoken)
        for end, (_, whole) in zip(ends, spoken, strict=True):
            assert not cuts & set(range(end - len(whole) + 1, end)), whole

    @given(WIDTHS, ASKS, st.sampled_from([CODE, f"{RULE}\nfor:\n    好。\n\n    再见。\n{RULE}"]))
    def test_a_block_of_code_does_too(self, widths: list[int], asks: list[str], code: str) -> None:
        text = f"这样写：\n\n{code}\n\n就好了。" * 10
        messages = gathered(split(text, widths), asks)
        assert sum(message.count(code) for message in messages) == 10

    def test_a_longer_rule_is_no_fence(self) -> None:
        assert after(f"好。\n{RULE}──\n再见。") == f"好。\n{RULE}──\n再见。"

    @pytest.mark.parametrize("begun", [whole[:-1] for whole in STAY_WHOLE if len(whole) > 6])
    def test_what_is_not_finished_waits(self, begun: str) -> None:
        assert after("好的。" + begun) == "好的。"
        assert after("好的，" * 20 + begun) == "好的，" * 20

    @pytest.mark.parametrize(
        "begun", ["```\n好。\n", "~~~\n好。\n\n", "- ```\n好。\n", f"{RULE}\n好。\n"]
    )
    def test_a_block_of_code_that_is_not_finished_waits(self, begun: str) -> None:
        assert after(f"好的。\n{begun}") == "好的。"

    @pytest.mark.parametrize("mark", ["**", "`", "~~", "["])
    def test_an_address_ends_before_a_mark(self, mark: str) -> None:
        assert after(f"https://shop.example/好{mark}划。 掉") is None

    def test_an_address_goes_on_in_chinese(self) -> None:
        text = "好" * 45 + "https://zh.example/" + "条" * 30
        assert after(text, "full") == "好" * 45

    @pytest.mark.parametrize("text", [r"好\*的。", "```x```好。"])
    def test_what_only_looks_open_is_not(self, text: str) -> None:
        assert after(text + "再") == text

    @pytest.mark.parametrize("mark", ["1.", "-", "*", "#", "##", ">", "> 1."])
    def test_a_mark_stays_with_its_line(self, mark: str) -> None:
        assert after(f"好的。\n{mark} 好") == "好的。"
        assert after(f"好的。\n{mark} ") == "好的。"


class TestSentences:
    @pytest.mark.parametrize("end", ["。", "！", "？", "……", "\n", "。”", "？！", "！）"])
    def test_these_end_one_for_good(self, end: str) -> None:
        assert after("你好" + end) == ("你好" + end).rstrip()

    @pytest.mark.parametrize("end", [".", "!", "?", "…", "，", "：", ",", "3.", "“好。", "（好！"])
    def test_after_these_it_may_go_on(self, end: str) -> None:
        assert after("你好" + end) is None

    @pytest.mark.parametrize("end", [". ", "! ", "?\n", "…好", '." '])
    def test_what_comes_next_tells(self, end: str) -> None:
        assert after("Hello" + end) == ("Hello" + end).rstrip(" \n好")

    def test_a_mark_within_a_character_ends_none(self) -> None:
        assert after("一。二。\ufe0f三") == "一。"

    def test_so_much_as_is_asked_for_stays_behind(self) -> None:
        gathering = Gathering(SIZE)
        gathering.add("一。二。三四")
        assert gathering.sentences(4) == "一。"
        assert gathering.sentences(4) is None

    def test_all_that_are_finished_are_taken(self) -> None:
        assert after("一。二。\n三！四") == "一。二。\n三！"

    @pytest.mark.parametrize(
        ("pause", "kept"), [("，", "，"), ("; ", ";"), ("：", "："), (" ", "")]
    )
    def test_a_long_one_is_cut_at_a_shorter_pause(self, pause: str, kept: str) -> None:
        assert after("好" * 30 + pause + "好" * 20) == "好" * 30 + kept
        assert after("好" * (SHORT - 10) + pause + "好" * 5) is None

    def test_a_semicolon_of_chinese_is_one_that_ends_for_good(self) -> None:
        assert after("好" * 50 + "；") == "好" * 50 + "；"
        assert after("好" * 50 + "，") is None

    def test_but_not_in_its_first_half(self) -> None:
        assert after("好" * 10 + "，" + "好" * 50) is None

    def test_a_clause_comes_before_a_space(self) -> None:
        assert after("好" * 30 + "，" + "好" * 5 + " " + "好" * 15) == "好" * 30 + "，"

    @pytest.mark.parametrize("line", ["## 步骤", "步骤如下：", "**步骤：**"])
    def test_a_line_that_leads_on_is_none(self, line: str) -> None:
        assert after(f"{line}\n\n") is None


class TestParagraph:
    def test_an_empty_line_ends_one(self) -> None:
        text = "好" * SHORT + "\n" + "好" * SHORT
        assert after(text, "paragraph") is None
        assert after(text + "\n\n好。\n\n再", "paragraph") == text + "\n\n好。"

    def test_a_short_one_waits_for_more(self) -> None:
        assert after("好的！\n\n", "paragraph") is None

    @pytest.mark.parametrize("line", ["## 步骤", "步骤如下："])
    def test_a_line_that_leads_on_waits_for_what_follows(self, line: str) -> None:
        assert after("好" * SHORT + f"\n\n{line}\n\n", "paragraph") == "好" * SHORT


class TestFull:
    def test_what_fits_is_not(self) -> None:
        assert after("好" * 50 + "\n\n" + "好。" * 2 + " " * 500, "full", 166) is None

    @pytest.mark.parametrize(
        ("longer", "shorter"),
        [("\n\n", "\n"), ("\n", "。"), ("。", "，"), ("，", " "), (" ", "好")],
    )
    def test_it_is_cut_at_the_longest_pause(self, longer: str, shorter: str) -> None:
        text = "好" * 35 + longer + "好" * 5 + shorter + "好" * 50
        assert after(text, "full") == ("好" * 35 + longer).rstrip()

    def test_white_space_before_it_does_not_count(self) -> None:
        text = "\n" * 300 + "好" * 10 + "。" + "好" * 42
        assert after(text + "好" * 20, "full") == text

    def test_it_is_cut_before_a_large_block_of_code(self) -> None:
        assert after("好。\n```\n" + "a = 1\n" * 100, "full") == "好。"

    @pytest.mark.parametrize("mark", "。！？…，；：、”’」』】》〉）")
    def test_no_message_begins_with_a_mark_that_belongs_to_the_last(self, mark: str) -> None:
        assert after("好" * 53 + mark + "好" * 20, "full") != "好" * 53

    @pytest.mark.parametrize("opening", ["**", "`", "[", LINK[:9], "```\n", "https://a"])
    def test_it_is_cut_before_what_is_not_finished(self, opening: str) -> None:
        text = "好" * 30 + "\n" + opening + "x" * 200
        assert after(text[: SIZE + 20], "full") == "好" * 30

    @pytest.mark.parametrize("opening", ["**", "`", "[", LINK[:9], "*"])
    def test_what_alone_is_larger_is_cut_like_any_text(self, opening: str) -> None:
        text = opening + "好" * 40 + "。" + LINK + "好" * 40
        assert after(text, "full") == opening + "好" * 40 + "。"

    def test_what_is_in_it_stays_whole_all_the_same(self) -> None:
        assert after("**" + "好" * 40 + LINK + "好" * 40, "full") == "**" + "好" * 40

    def test_a_large_block_of_code_is_cut_at_a_line(self) -> None:
        code = "```\n" + "x = 1; y = 2. \n" * 50 + "```\n"
        messages = gathered(split(f"好的。\n{code}好。再见。", [3]), ["sentences"])
        lines = re.compile(r"\s*(```\n)?(x = 1; y = 2\.\s+)*(x = 1; y = 2\.|```)\s*")
        assert messages[0] == "好的。"
        assert messages[-3:] == ["\n好。", "再见。", ""]
        assert all(map(lines.fullmatch, messages[1:-3]))

    @pytest.mark.parametrize("opening", ["**", "[", "*", "`"])
    def test_what_is_never_closed_holds_up_its_own_paragraph_only(self, opening: str) -> None:
        assert after(f"好{opening}的。\n") is None
        assert after(f"好{opening}的。\n\n再") == f"好{opening}的。"
        assert after(f"好{opening}的。\n- 再") == f"好{opening}的。"


@pytest.mark.parametrize("text", ["好的，", "a", "\n", "a[\n", "```\na\n", "a b "])
def test_thousands_of_pieces_cost_little(text: str) -> None:
    before = time.process_time()
    gathered(list(text * (10_000 // len(text))), ["sentences", "paragraph"], 1984)
    assert time.process_time() - before < 5

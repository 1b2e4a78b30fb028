"""A long text is cut where a reader would pause, and nothing of it is lost."""

import re
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.wechat.replies import TEXT_BYTES
from chalicelib.wechat.texts import cut

FAMILY = "👨‍👩‍👧‍👦"
WHOLE = [
    FAMILY,
    "🇨🇳",
    "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "👍🏽",
    "❤️",
    "e\u0301",
    "q\u0323\u0307",
    "नि",
    "각",
    "好",
    "x",
    "1️⃣",
]
LINK = '<a href="https://shop.example/orders?page=1">查看 订单</a>'
PIECES = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.sampled_from([LINK, "<a ", "</a>", "\n\n", "\r\n", " ", "好。”", "etc. ", *WHOLE]),
)


def between_a_and_b(pause: str) -> list[str]:
    """The pieces of two long words with `pause` between them, the second below the limit."""
    return list(cut("a" * 1100 + pause + "b" * 1500))


class TestWhatIsCut:
    def test_a_text_that_fits_stays_whole(self) -> None:
        assert list(cut("a\n\n" * 682)) == ["a\n\n" * 682]

    def test_the_last_piece_takes_the_rest(self) -> None:
        assert [len(piece) for piece in cut("a" * 5000)] == [2048, 2048, 904]

    def test_a_smaller_size_may_be_asked_for(self) -> None:
        assert list(cut("一二三四", 6)) == ["一二", "三四"]

    @given(st.lists(PIECES, max_size=20))
    def test_only_white_space_is_lost_where_it_is_cut(self, some: list[str]) -> None:
        text = "".join(some) * 100
        pieces = list(cut(text))
        assert re.fullmatch(r"\s*".join(["", *map(re.escape, pieces), ""]), text)
        assert all(piece.strip() for piece in pieces[:-1])
        assert all(0 < len(piece.encode()) <= TEXT_BYTES for piece in pieces)

    @pytest.mark.parametrize("blank", [" ", "\n", "\r\n", "\u3000"])
    def test_white_space_alone_is_no_piece(self, blank: str) -> None:
        assert list(cut(blank * 5000 + "a")) == ["a"]
        assert list(cut("a" * 2048 + blank * 5000)) == ["a" * 2048]


class TestBetweenCharacters:
    @given(st.lists(st.sampled_from(WHOLE), min_size=1, max_size=30), st.integers(0, 60))
    def test_none_is_cut_as_people_see_them(self, some: list[str], offset: int) -> None:
        characters = ["."] * offset + some * (6000 // len("".join(some).encode()))
        between = set(accumulate(len(character) for character in characters))
        pieces = list(cut("".join(characters)))
        assert len(pieces) > 1
        assert set(accumulate(len(piece) for piece in pieces)) <= between

    def test_a_family_stays_together(self) -> None:
        assert list(cut("a" * 2040 + FAMILY)) == ["a" * 2040, FAMILY]

    def test_flags_at_the_start_of_a_line_stay_whole(self) -> None:
        assert list(cut("\n" + "🇨🇳" * 300)) == ["\n" + "🇨🇳" * 255, "🇨🇳" * 45]

    def test_a_single_character_that_never_ends_is_cut_all_the_same(self) -> None:
        text = "z" + "\u0301" * 5000
        pieces = list(cut(text))
        assert "".join(pieces) == text
        assert len(pieces) == 5


class TestWhereAReaderPauses:
    @pytest.mark.parametrize(
        "pause", [" ", "\n", "\r\n", "\n\n", "\r\n \r\n", "\u3000", "\n  \n\n"]
    )
    def test_white_space_between_two_pieces_is_not_shown(self, pause: str) -> None:
        assert between_a_and_b(pause) == ["a" * 1100, "b" * 1500]

    @pytest.mark.parametrize("pause", ["\n", "\n\n", "\n \n"])
    def test_the_indentation_of_a_line_stays(self, pause: str) -> None:
        assert between_a_and_b(f"{pause}\u3000\u3000") == ["a" * 1100, "\u3000\u3000" + "b" * 1500]

    @pytest.mark.parametrize(
        "end", ["。", "！", "？", "？！", "……", "。”", "！）", "?！", ". ", "...\n", '." ', "? "]
    )
    def test_a_sentence_keeps_its_end(self, end: str) -> None:
        assert between_a_and_b(end) == ["a" * 1100 + end.rstrip(), "b" * 1500]

    @pytest.mark.parametrize("end", ["？！", "?！", "。”", "...", "……"])
    def test_the_end_of_a_sentence_is_not_cut(self, end: str) -> None:
        fills = "b" * (TEXT_BYTES - 1103 - len(end[0].encode()))
        assert next(cut(f"{'a' * 1100}。{fills}{end}{'c' * 500}")) == "a" * 1100 + "。"

    def test_a_sentence_in_chinese_may_end_in_a_mark_of_english(self) -> None:
        assert list(cut("好" * 400 + "!" + "你" * 400)) == ["好" * 400 + "!", "你" * 400]

    @pytest.mark.parametrize("mark", [".", "?", "!", ".."])
    def test_numbers_and_addresses_are_no_sentences(self, mark: str) -> None:
        assert between_a_and_b(mark)[0] == "a" * 1100 + mark + "b" * (948 - len(mark))

    @pytest.mark.parametrize(
        ("longer", "shorter"),
        [("\n\n", "\n"), ("\n", "。"), ("。", "，"), ("，", " "), (", ", " "), (" ", "c")],
    )
    def test_the_longer_pause_is_taken(self, longer: str, shorter: str) -> None:
        first = next(cut("a" * 1100 + longer + "b" * 500 + shorter + "b" * 1500))
        assert first == "a" * 1100 + longer.strip()

    @pytest.mark.parametrize("line", ["## Steps", "These are the steps:", "步骤如下："])
    def test_a_line_that_leads_on_stays_with_what_follows(self, line: str) -> None:
        assert between_a_and_b(f" a.\n\n{line}\n\n")[1] == f"{line}\n\n{'b' * 1500}"

    def test_the_colon_of_a_time_is_no_pause(self) -> None:
        assert next(cut("a" * 1100 + " 12：30" + "b" * 1500)) == "a" * 1100

    def test_of_equal_pauses_the_last_is_taken(self) -> None:
        assert next(cut("一句话。\n" * 300)) == ("一句话。\n" * 157).rstrip()

    @pytest.mark.parametrize("pause", ["\n\n", "\n", "。", " "])
    def test_a_pause_in_the_first_half_is_not_worth_a_short_message(self, pause: str) -> None:
        assert len(next(cut("a" * 1000 + pause + "b" * 5000)).encode()) == TEXT_BYTES

    def test_a_pause_right_at_the_limit_is_one(self) -> None:
        assert list(cut("a" * 2048 + "\n\n" + "b")) == ["a" * 2048, "b"]


class TestLinks:
    @given(
        st.integers(0, 2100), st.sampled_from([LINK, LINK.upper(), LINK.replace("查看", "\n\n")])
    )
    def test_each_stays_whole(self, before: int, link: str) -> None:
        pieces = list(cut("a" * before + link + "b" * 2100))
        assert [link in piece for piece in pieces].count(True) == 1

    def test_what_comes_before_is_cut_where_a_reader_pauses(self) -> None:
        text = "a" * 1500 + "。详情：" + f'<a href="{"x" * 1000}">查看</a>'
        assert next(cut(text)) == "a" * 1500 + "。"

    def test_one_that_fits_no_message_is_cut_like_any_text(self) -> None:
        link = f'<a href="https://shop.example/{"x" * 3000}">查看</a>'
        pieces = list(cut("a" * 1000 + link))
        assert len(pieces[0]) == TEXT_BYTES
        assert "".join(pieces).replace(" ", "") == ("a" * 1000 + link).replace(" ", "")

    @pytest.mark.parametrize(
        "opening", ['<a href="https://shop.example">', "<a ", "</a>", "<abbr>"]
    )
    def test_what_is_no_link_is_cut_like_any_text(self, opening: str) -> None:
        assert len(next(cut(opening + "b" * 5000))) == TEXT_BYTES

    def test_a_link_after_one_that_is_never_closed_stays_whole(self) -> None:
        first, second = cut("<a href=x>" + "a" * 2000 + LINK + "b" * 100)
        assert first == "<a href=x>" + "a" * 2000
        assert second == LINK + "b" * 100

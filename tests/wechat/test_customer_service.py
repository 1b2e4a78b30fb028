"""Each kind of reply as customer service messages, whole and in order."""

import json
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.wechat.customer_service import CannotTravelLate, body, cut, parts
from chalicelib.wechat.replies import (
    TEXT_BYTES,
    Article,
    By,
    Image,
    MiniProgramPage,
    MpNews,
    MpNewsArticle,
    MsgMenu,
    MsgMenuItem,
    Music,
    News,
    Reply,
    Text,
    TransferCustomerService,
    Video,
    Voice,
    WxCard,
)

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
    "\r\n",
    "1️⃣",
]


@pytest.mark.parametrize(
    ("reply", "payload"),
    [
        (Text("你好"), {"msgtype": "text", "text": {"content": "你好"}}),
        (Image("m1"), {"msgtype": "image", "image": {"media_id": "m1"}}),
        (Voice("m2"), {"msgtype": "voice", "voice": {"media_id": "m2"}}),
        (
            Video("m3", "title", "about", "t1"),
            {
                "msgtype": "video",
                "video": {
                    "media_id": "m3",
                    "thumb_media_id": "t1",
                    "title": "title",
                    "description": "about",
                },
            },
        ),
        (Video("m3"), {"msgtype": "video", "video": {"media_id": "m3"}}),
        (
            Music("t2", "title", "about", "https://a", "https://b"),
            {
                "msgtype": "music",
                "music": {
                    "title": "title",
                    "description": "about",
                    "musicurl": "https://a",
                    "hqmusicurl": "https://b",
                    "thumb_media_id": "t2",
                },
            },
        ),
        (
            News(Article("title", "about", "https://p", "https://u")),
            {
                "msgtype": "news",
                "news": {
                    "articles": [
                        {
                            "title": "title",
                            "description": "about",
                            "url": "https://u",
                            "picurl": "https://p",
                        }
                    ]
                },
            },
        ),
        (MpNews("m4"), {"msgtype": "mpnews", "mpnews": {"media_id": "m4"}}),
        (MpNewsArticle("a1"), {"msgtype": "mpnewsarticle", "mpnewsarticle": {"article_id": "a1"}}),
        (
            MsgMenu("满意吗？", (MsgMenuItem("1", "满意"), MsgMenuItem("2", "不满意")), "谢谢"),
            {
                "msgtype": "msgmenu",
                "msgmenu": {
                    "head_content": "满意吗？",
                    "list": [{"id": "1", "content": "满意"}, {"id": "2", "content": "不满意"}],
                    "tail_content": "谢谢",
                },
            },
        ),
        (WxCard("c1"), {"msgtype": "wxcard", "wxcard": {"card_id": "c1"}}),
        (
            MiniProgramPage("title", "wx1", "pages/index", "t3"),
            {
                "msgtype": "miniprogrampage",
                "miniprogrampage": {
                    "title": "title",
                    "appid": "wx1",
                    "pagepath": "pages/index",
                    "thumb_media_id": "t3",
                },
            },
        ),
        (
            By("kf1@account", Image("m5")),
            {
                "msgtype": "image",
                "image": {"media_id": "m5"},
                "customservice": {"kf_account": "kf1@account"},
            },
        ),
    ],
)
def test_every_kind_has_the_fields_wechat_documents(
    reply: Reply, payload: dict[str, object]
) -> None:
    assert parts(reply) == [payload]


def test_each_article_goes_alone() -> None:
    sent = parts(News(Article("一"), Article("二")))
    assert [each["news"]["articles"][0]["title"] for each in sent] == ["一", "二"]


def test_every_piece_of_a_long_text_has_the_name_of_who_says_it() -> None:
    sent = parts(By("kf1@account", Text("好" * 1000)))
    assert len(sent) == 2
    assert all(each["customservice"] == {"kf_account": "kf1@account"} for each in sent)


def test_an_empty_text_is_no_message() -> None:
    assert parts(Text("")) == []


def test_a_conversation_cannot_be_handed_over_late() -> None:
    with pytest.raises(CannotTravelLate):
        parts(TransferCustomerService())


class TestTheBody:
    def test_characters_are_not_escaped(self) -> None:
        assert '"content": "你好😀"'.encode() in body(parts(Text("你好😀"))[0], "oAlice")

    def test_it_names_the_user(self) -> None:
        assert json.loads(body({"msgtype": "text"}, "oAlice"))["touser"] == "oAlice"

    @given(st.text(st.characters(exclude_categories=[]), max_size=50))
    def test_any_text_can_be_sent(self, text: str) -> None:
        sent = [json.loads(body(part, "oAlice"))["text"]["content"] for part in parts(Text(text))]
        assert "".join(sent) == text.encode("utf-8", "replace").decode()

    def test_a_lone_surrogate_outside_a_text_does_no_harm_either(self) -> None:
        (payload,) = parts(Video("m1", title="a\ud800b"))
        assert json.loads(body(payload, "oAlice"))["video"]["title"] == "a?b"


class TestCutting:
    def test_a_text_that_fits_stays_whole(self) -> None:
        assert list(cut("a" * TEXT_BYTES)) == ["a" * TEXT_BYTES]

    def test_the_last_piece_takes_the_rest(self) -> None:
        assert [len(piece) for piece in cut("a" * 5000)] == [2048, 2048, 904]

    @given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=20))
    def test_nothing_is_lost_and_every_piece_fits(self, texts: list[str]) -> None:
        text = "".join(texts) * 100
        pieces = list(cut(text))
        assert "".join(pieces) == text
        assert all(0 < len(piece.encode()) <= TEXT_BYTES for piece in pieces)

    @given(st.lists(st.sampled_from(WHOLE), min_size=1, max_size=30), st.integers(0, 60))
    def test_no_character_is_cut_as_people_see_them(self, some: list[str], offset: int) -> None:
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

    @pytest.mark.parametrize("gap", ["\n", " ", "\r\n", "\u3000"])
    def test_it_ends_at_a_line_or_a_space_close_before_the_limit(self, gap: str) -> None:
        head = "a" * 1900 + gap
        assert list(cut(head + "b" * 500)) == [head, "b" * 500]

    def test_a_space_far_before_the_limit_is_not_worth_a_short_message(self) -> None:
        assert len(next(cut("a " + "b" * 5000))) == TEXT_BYTES

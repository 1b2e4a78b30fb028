"""Each kind of reply as customer service messages, whole and in order."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.wechat.customer_service import CannotTravelLate, body, parts
from chalicelib.wechat.replies import (
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

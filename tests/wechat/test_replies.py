"""Each kind of passive reply, in the XML that WeChat documents for it."""

import pytest
import xmltodict

from chalicelib.router import Router
from chalicelib.wechat.parsing import from_fields
from chalicelib.wechat.passive import fits_passive, passive_xml
from chalicelib.wechat.replies import (
    Article,
    By,
    Image,
    Label,
    MiniProgramPage,
    MpNews,
    MpNewsArticle,
    MsgMenu,
    MsgMenuItem,
    Music,
    News,
    PassiveReply,
    Reply,
    Text,
    TransferCustomerService,
    Video,
    Voice,
    WxCard,
)

MESSAGE = from_fields(
    {
        "ToUserName": "gh_1",
        "FromUserName": "oAlice",
        "CreateTime": "1714036504",
        "MsgType": "text",
        "Content": "hi",
        "MsgId": "1",
    }
)
EVENT = from_fields(
    {
        "ToUserName": "gh_1",
        "FromUserName": "oAlice",
        "CreateTime": "1714036504",
        "MsgType": "event",
        "Event": "subscribe",
    }
)
ARTICLES = [
    Article(f"title {n}", f"about {n}", f"https://p/{n}", f"https://u/{n}") for n in range(8)
]


def rendered(reply: PassiveReply, push: object = MESSAGE) -> dict[str, object]:
    fields: dict[str, object] = xmltodict.parse(passive_xml(reply, push, 1714036600))["xml"]  # type: ignore[arg-type]
    return fields


def test_a_reply_goes_back_to_who_wrote() -> None:
    assert rendered(Text("hello")) == {
        "ToUserName": "oAlice",
        "FromUserName": "gh_1",
        "CreateTime": "1714036600",
        "MsgType": "text",
        "Content": "hello",
    }


@pytest.mark.parametrize(
    ("reply", "kind", "content"),
    [
        (Image("m1"), "image", {"Image": {"MediaId": "m1"}}),
        (Voice("m2"), "voice", {"Voice": {"MediaId": "m2"}}),
        (
            Video("m3", "title", "about"),
            "video",
            {"Video": {"MediaId": "m3", "Title": "title", "Description": "about"}},
        ),
        (
            Music("m4", "title", "about", "https://a", "https://b"),
            "music",
            {
                "Music": {
                    "Title": "title",
                    "Description": "about",
                    "MusicUrl": "https://a",
                    "HQMusicUrl": "https://b",
                    "ThumbMediaId": "m4",
                }
            },
        ),
        (
            News(ARTICLES[0]),
            "news",
            {
                "ArticleCount": "1",
                "Articles": {
                    "item": {
                        "Title": "title 0",
                        "Description": "about 0",
                        "PicUrl": "https://p/0",
                        "Url": "https://u/0",
                    }
                },
            },
        ),
        (TransferCustomerService(), "transfer_customer_service", {}),
        (
            TransferCustomerService("kf1@account"),
            "transfer_customer_service",
            {"TransInfo": {"KfAccount": "kf1@account"}},
        ),
    ],
)
def test_every_kind_has_the_elements_wechat_documents(
    reply: PassiveReply, kind: str, content: dict[str, object]
) -> None:
    fields = rendered(reply)
    assert fields["MsgType"] == kind
    assert content.items() <= fields.items()


def test_a_message_gets_one_article_and_an_event_up_to_eight() -> None:
    assert rendered(News(*ARTICLES))["ArticleCount"] == "1"
    assert rendered(News(*ARTICLES), EVENT)["ArticleCount"] == "8"


@pytest.mark.parametrize("count", [0, 9])
def test_news_takes_one_to_eight_articles(count: int) -> None:
    with pytest.raises(ValueError, match="1 to 8 articles"):
        News(*ARTICLES[:1] * count)


def test_a_text_fits_while_its_utf8_has_2048_bytes() -> None:
    assert fits_passive(Text("好" * 682 + "ab"))
    assert not fits_passive(Text("好" * 683))


@pytest.mark.parametrize(("ai", "label"), [(True, "内容由第三方AI生成"), ("AI 写的", "AI 写的")])
def test_a_labelled_text_ends_with_its_label(ai: Label, label: str) -> None:
    assert rendered(Text("hello", ai=ai))["Content"] == f"hello\n\n{label}"


def test_a_text_fits_only_with_its_label() -> None:
    assert fits_passive(Text("好" * 673, ai=True))
    assert not fits_passive(Text("好" * 674, ai=True))


def test_a_label_is_short() -> None:
    with pytest.raises(ValueError, match="at most 256 bytes"):
        Router("assistant", ai="长" * 86)


@pytest.mark.parametrize("text", ["a]]>b", "<xml>&</xml>", "a\x00b", "👩‍🚀"])
def test_no_text_breaks_a_reply(text: str) -> None:
    assert rendered(Text(text))["Content"] == text.replace("\x00", "")


@pytest.mark.parametrize(
    "reply",
    [
        MpNews("m1"),
        MpNewsArticle("a1"),
        MsgMenu("head", (MsgMenuItem("1", "one"),)),
        WxCard("c1"),
        MiniProgramPage("title", "wx1", "index", "m1"),
        By("kf1@account", Text("hi")),
    ],
)
def test_customer_service_messages_travel_in_no_passive_reply(reply: Reply) -> None:
    assert not fits_passive(reply)


def test_a_lone_surrogate_does_not_break_a_passive_reply() -> None:
    text = Text("a\ud800b")
    assert fits_passive(text)
    assert rendered(text)["Content"] == "ab"

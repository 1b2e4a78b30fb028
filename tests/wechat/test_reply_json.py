"""Replies that are kept as JSON come back as they were, in any later version."""

import json
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

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
from chalicelib.wechat.reply_json import UnknownKind, from_json, to_json

EACH_KIND: list[tuple[Reply, str]] = [
    (Text(""), '{"kind":"text","content":""}'),
    (Image("m1"), '{"kind":"image","media_id":"m1"}'),
    (Voice("m2"), '{"kind":"voice","media_id":"m2"}'),
    (Video("m3", thumb_media_id="t"), '{"kind":"video","media_id":"m3","thumb_media_id":"t"}'),
    (Music("t1", "歌"), '{"kind":"music","thumb_media_id":"t1","title":"歌"}'),
    (
        News(Article("一"), Article("二", url="https://u")),
        '{"kind":"news","articles":[{"title":"一"},{"title":"二","url":"https://u"}]}',
    ),
    (TransferCustomerService(), '{"kind":"transfer_customer_service"}'),
    (MpNews("m4"), '{"kind":"mpnews","media_id":"m4"}'),
    (MpNewsArticle("a1"), '{"kind":"mpnewsarticle","article_id":"a1"}'),
    (
        MsgMenu("吗？", (MsgMenuItem("1", "是"),)),
        '{"kind":"msgmenu","head_content":"吗？","items":[{"id":"1","content":"是"}]}',
    ),
    (WxCard("c1"), '{"kind":"wxcard","card_id":"c1"}'),
    (
        MiniProgramPage("一", "wx", "a", "t"),
        '{"kind":"miniprogrampage","title":"一","appid":"wx","pagepath":"a","thumb_media_id":"t"}',
    ),
    (By("kf1@a", Text("hi")), '{"kind":"text","content":"hi","by":"kf1@a"}'),
    (Text("hi", ai=True), '{"kind":"text","ai":true,"content":"hi"}'),
    (Image("m1", ai="AI 画的"), '{"kind":"image","ai":"AI 画的","media_id":"m1"}'),
    (News(Article("一"), ai=True), '{"kind":"news","ai":true,"articles":[{"title":"一"}]}'),
]


@pytest.mark.parametrize(("reply", "kept"), EACH_KIND)
def test_each_kind_is_kept_in_a_form_that_never_changes(reply: Reply, kept: str) -> None:
    assert to_json([reply]) == f"[{kept}]"
    assert from_json(f"[{kept}]") == (reply,)


def test_replies_stay_in_order() -> None:
    replies = tuple(reply for reply, _ in EACH_KIND)
    assert from_json(to_json(replies)) == replies


def test_fields_of_another_version_are_passed_over() -> None:
    kept = '[{"kind":"news","new":1,"articles":[{"title":"一","new":2}]}]'
    assert from_json(kept) == (News(Article("一")),)


def test_a_kind_of_a_later_version_is_named() -> None:
    with pytest.raises(UnknownKind, match="hologram"):
        from_json('[{"kind":"hologram"}]')


@example("\ufffe\uffff\ud800\x00")
@given(st.text(st.characters(exclude_categories=[])))
def test_any_text_is_kept_in_characters_that_sqs_and_utf_8_take(text: str) -> None:
    kept = to_json([Text(text)])
    assert re.fullmatch("[ -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*", kept)
    assert from_json(kept) == (Text(json.loads(json.dumps(text))),)

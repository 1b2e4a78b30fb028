"""Files, results of the account's own calls, and its verification have classes of their own."""

import pytest

from chalicelib.router import Router, Routes
from chalicelib.wechat import rare_messages as rare
from chalicelib.wechat.messages import Event, Push
from chalicelib.wechat.parsing import kind_of, parse
from simulator.events import EVENTS


def pushed(inner: str) -> Push:
    return parse(
        "<xml><ToUserName>gh_1</ToUserName><FromUserName>oAlice</FromUserName>"
        f"<CreateTime>1714036504</CreateTime>{inner}</xml>".encode()
    )


def event(name: str, inner: str = "") -> Push:
    return pushed(f"<MsgType>event</MsgType><Event>{name}</Event>{inner}")


def test_a_file_has_a_name_and_a_size() -> None:
    file = pushed(
        "<MsgType>file</MsgType><MsgId>7</MsgId><Title>简历.pdf</Title><Description></Description>"
        "<FileKey>BAAA</FileKey><FileMd5>95d9</FileMd5><FileTotalLen>222</FileTotalLen>"
    )
    assert isinstance(file, rare.FileMessage)
    assert (file.title, file.file_key, file.file_total_len) == ("简历.pdf", "BAAA", 222)
    assert (file.msg_id, file.reply_window is not None) == (7, True)


def test_a_user_may_be_asked_about_several_templates_at_once() -> None:
    choice = (
        "<List><TemplateId>{}</TemplateId><SubscribeStatusString>{}</SubscribeStatusString>"
        "<PopupScene>2</PopupScene></List>"
    )
    inner = choice.format("t1", "accept") + choice.format("t2", "reject")
    asked = event(
        "subscribe_msg_popup_event", f"<SubscribeMsgPopupEvent>{inner}</SubscribeMsgPopupEvent>"
    )
    assert isinstance(asked, rare.SubscribeMsgPopupEvent)
    assert [
        (each.template_id, each.subscribe_status_string, each.popup_scene)
        for each in asked.subscribe_msg_popup_event.list
    ] == [("t1", "accept", 2), ("t2", "reject", 2)]


def test_one_template_is_a_list_of_one() -> None:
    sent = event(
        "subscribe_msg_sent_event",
        "<SubscribeMsgSentEvent><List><TemplateId>t1</TemplateId><MsgID>17</MsgID>"
        "<ErrorCode>43101</ErrorCode><ErrorStatus>user refuse</ErrorStatus></List>"
        "</SubscribeMsgSentEvent>",
    )
    assert isinstance(sent, rare.SubscribeMsgSentEvent)
    assert sent.subscribe_msg_sent_event.list == (
        rare.SubscribeMsgResult(
            template_id="t1", msg_id="17", error_code=43101, error_status="user refuse"
        ),
    )


def test_what_is_published_has_its_articles_and_what_is_not_says_which() -> None:
    item = "<item><idx>{0}</idx><article_url>https://a/{0}</article_url></item>"
    done = event(
        "PUBLISHJOBFINISH",
        "<PublishEventInfo><publish_id>9</publish_id><publish_status>0</publish_status>"
        f"<article_detail><count>2</count>{item.format(1)}{item.format(2)}</article_detail>"
        "</PublishEventInfo>",
    )
    refused = event(
        "PUBLISHJOBFINISH",
        "<PublishEventInfo><publish_status>2</publish_status><fail_idx>1</fail_idx>"
        "<fail_idx>2</fail_idx></PublishEventInfo>",
    )
    assert isinstance(done, rare.PublishJobFinishEvent)
    assert isinstance(refused, rare.PublishJobFinishEvent)
    articles = done.publish_event_info.article_detail.item
    assert [each.article_url for each in articles] == ["https://a/1", "https://a/2"]
    assert refused.publish_event_info.fail_idx == (1, 2)


def test_its_other_name_is_answered_by_the_same_handler() -> None:
    router = Router("articles")

    @router.on(rare.PublishJobFinishEvent)
    def published(event: rare.PublishJobFinishEvent, ctx: object) -> None: ...

    for name in ("PUBLISHJOBFINISH", "FREEPUBLISHJOBFINISH"):
        assert Routes(router).match(event(name)) is not None


def test_verification_ends_or_fails_at_a_time() -> None:
    over = event("verify_expired", "<ExpiredTime>1442401156</ExpiredTime>")
    failed = event(
        "naming_verify_fail", "<FailTime>1442401122</FailTime><FailReason>不符</FailReason>"
    )
    assert isinstance(over, rare.VerifyExpiredEvent)
    assert isinstance(failed, rare.NamingVerifyFailEvent)
    assert over.expired_time == 1442401156
    assert (failed.fail_time, failed.fail_reason) == (1442401122, "不符")


def test_every_one_is_an_event_that_the_simulator_pushes() -> None:
    assert rare.EVENTS.keys() <= EVENTS.keys()
    assert len(set(rare.EVENTS.values())) == len(rare.EVENTS)


def test_a_route_by_the_name_of_such_an_event_goes_on_working() -> None:
    router = Router("old")

    @router.on(Event, event="annual_renew")
    def renew(event: Event, ctx: object) -> None: ...

    assert Routes(router).match(event("annual_renew")) is not None


@pytest.mark.parametrize("name", ["user_get_card", "file", "text"])
def test_any_other_event_stays_generic(name: str) -> None:
    assert kind_of({"MsgType": "event", "Event": name}) is Event


@pytest.mark.parametrize(
    ("inner", "shown"),
    [
        ("<MsgType>text</MsgType><Content>secret</Content>", "<TextMessage 'text'>"),
        ("<MsgType>hologram</MsgType><Content>secret</Content>", "<Message 'hologram'>"),
        ("<MsgType>event</MsgType><Event>new</Event><Word>secret</Word>", "<Event 'new'>"),
    ],
)
def test_a_push_is_printed_without_its_words(inner: str, shown: str) -> None:
    assert repr(pushed(inner)) == shown


def test_what_was_scanned_is_not_printed() -> None:
    scanned = event(
        "scancode_waitmsg", "<ScanCodeInfo><ScanResult>secret</ScanResult></ScanCodeInfo>"
    )
    assert "secret" not in repr(getattr(scanned, "scan_code_info", "secret"))

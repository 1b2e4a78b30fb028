"""The cookbook's recipes about files, messages to many and several brands do what they say."""

import json
from typing import Any

import boto3
import pytest

from chalicelib import bootstrap
from chalicelib.router import Routes
from chalicelib.wechat.replies import Text
from simulator import pushes
from tests.documents import Block
from tests.door import APP
from tests.kit import OpenAccount
from tests.recipes import BLOCKS, HANDLERS, account_with, handlers_beside, shows

SUBSCRIBE = "/cgi-bin/message/subscribe/bizsend"
SEND_ALL, PREVIEW = "/cgi-bin/message/mass/sendall", "/cgi-bin/message/mass/preview"


@shows(HANDLERS, "Files into S3")
def test_pictures_are_kept_in_s3(
    open_account: OpenAccount, block: Block, aws: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = boto3.resource("s3").Bucket("shop-pictures")
    bucket.create()
    monkeypatch.setenv("PICTURES_BUCKET", bucket.name)
    account = account_with(open_account, block.run()["router"])
    alice = account.user()
    account.let_api_send("/cgi-bin/media/get", "image/jpeg", b"picture")
    assert alice.does(pushes.image()) == Text("正在保存…")
    account.work()
    assert alice.received == [Text("图片已保存。")]
    (kept,) = bucket.objects.all()
    assert kept.get()["Body"].read() == b"picture"
    bucket.objects.delete()
    bucket.delete()


def test_the_worker_is_allowed_what_that_needs_by_a_statement_that_is_the_teams() -> None:
    statement = json.loads(BLOCKS[HANDLERS, "Files into S3", "json", 1].code)
    assert statement["Sid"].startswith("Own")
    assert (statement["Effect"], statement["Action"]) == ("Allow", "s3:PutObject")


@shows(HANDLERS, "Subscribe messages")
def test_subscribe_messages(open_account: OpenAccount, block: Block) -> None:
    account = account_with(open_account, block.run()["router"])
    alice = account.user()
    alice.does(chosen("accept"))
    alice.does(chosen("reject"))
    bootstrap.start("notices.ready", alice.openid, "A1", identity="A1")
    account.work()
    (call,) = account.api_calls(SUBSCRIBE)
    assert call.fields["data"]["character_string1"] == {"value": "A1"}
    account.let_api_answer(SUBSCRIBE, errcode=43101, errmsg="user refuse to accept the msg")
    bootstrap.start("notices.ready", alice.openid, "A2", identity="A2")
    alice.does(pushes.event("subscribe_msg_sent_event", SubscribeMsgSentEvent=FAILED))
    account.work()
    assert alice.received == [
        Text("好的，取货时我们在这里告诉您。"),
        Text("您有订单可以取了。"),
        Text("订单 A2 可以取了。"),
    ]


FAILED: Any = {"List": {"TemplateId": "t", "MsgID": "1", "ErrorCode": 1, "ErrorStatus": "failed"}}


def chosen(status: str) -> pushes.Push:
    choice: Any = {"List": {"TemplateId": "t", "SubscribeStatusString": status}}
    return pushes.event("subscribe_msg_popup_event", SubscribeMsgPopupEvent=choice)


@shows(HANDLERS, "A message to many")
def test_a_message_to_many(open_account: OpenAccount, block: Block) -> None:
    names = block.run()
    account = account_with(open_account, names["router"])
    editor = account.user(str(names["EDITOR"]))
    account.let_api_answer("/cgi-bin/tags/get", tags=[{"id": 100, "name": "会员"}])
    assert account.user().says("群发明天九折") is None
    editor.says("群发 明天九折")
    account.work()
    assert editor.says("确认") == Text("已开始群发。")
    account.let_api_answer(SEND_ALL, errcode=45065, errmsg="clientmsgid exist")
    account.work()
    editor.does(pushes.event("MASSSENDJOBFINISH", SentCount=75, ErrorCount=3))
    account.work()
    (shown,), (sent,) = account.api_calls(PREVIEW), account.api_calls(SEND_ALL)
    assert shown.fields["touser"] == editor.openid
    assert sent.fields["filter"] == {"is_to_all": False, "tag_id": 100}
    assert sent.fields["text"] == {"content": "明天九折"}
    assert len(sent.fields["clientmsgid"]) <= 64
    assert editor.received == [
        Text("以上是预览。要发给所有会员，请回复“确认”。"),
        Text("群发结束：75 人收到，3 人失败。"),
    ]
    assert account.counted("JobDead") == 0


@shows(HANDLERS, "Several brands")
def test_each_brand_has_its_own_handlers(
    open_account: OpenAccount, block: Block, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BRAND", "coffee")
    tea = BLOCKS[HANDLERS, "Keywords", "python", 1]
    coffee = BLOCKS[HANDLERS, "The menu", "python", 1]
    with handlers_beside(tea=tea, coffee=coffee) as package:
        names = block.run(__package__=package)
    brands: Any = names["BRANDS"]
    assert names["routes"] is brands["coffee"]
    answers = {
        brand: open_account(routes, APP).user().says("门店") for brand, routes in brands.items()
    }
    assert answers["tea"] == Text("哪个城市？例如：门店 北京")
    assert answers["coffee"] == Text("门店")
    assert isinstance(names["routes"], Routes)

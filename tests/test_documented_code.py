"""The Python in the documents runs, and does what they say of it."""

import json
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from click.testing import CliRunner

from chalicelib.delivery.jobs import Job
from chalicelib.router import Context, Router
from chalicelib.wechat.api_responses import ApiResponse
from chalicelib.wechat.messages import ClickEvent, TextMessage
from chalicelib.wechat.replies import Article, News, Reply, Text
from ops import menus
from ops.command import main
from simulator import pushes
from tests import documents
from tests.conftest import OpenDoor
from tests.documents import NAMES, README, README_ZH, Block
from tests.door import LambdaContext
from tests.recipes import (
    ALICE,
    Chat,
    app_with,
    asked,
    handlers_beside,
    model,
    project_with,
    schedule_deployed,
)
from tests.visitors import Browser, People, Person
from tests.wechat_api import json_answer

HANDLERS = "docs/handlers.md"
OPERATIONS = "docs/operations.md"

BLOCKS = {
    (each.document, each.heading, each.language, each.number): each
    for name in NAMES
    for each in documents.blocks(name)
}
SHOWN: set[Block] = set()


def shows(document: str, heading: str, *numbers: int) -> pytest.MarkDecorator:
    """Hands a test the Python blocks that it shows to be right: the first one, or these."""
    shown = [BLOCKS[document, heading, "python", number] for number in numbers or (1,)]
    SHOWN.update(shown)
    return pytest.mark.parametrize("block", shown, ids=str)


def test_every_block_of_python_is_shown_to_be_right() -> None:
    python = {each for each in BLOCKS.values() if each.language == "python"}
    assert {each for each in python - SHOWN if each.document != README_ZH} == set()


# --- Handlers ---------------------------------------------------------------------------------


@shows(README, "Write a handler")
def test_a_first_handler_answers(open_door: OpenDoor, block: Block) -> None:
    chat = Chat(open_door, block.run()["router"])
    assert chat.says("天气 北京") == Text("北京：晴，26 ℃")


@shows(README, "Write a handler", 2)
def test_it_is_named_among_the_others(block: Block, open_door: OpenDoor) -> None:
    with handlers_beside(weather=BLOCKS[README, "Write a handler", "python", 1]) as package:
        routes: Any = block.run(__package__=package)["routes"]
    chat = Chat(open_door)
    chat.door.routes = routes
    chat.door.process()
    assert chat.says("天气 北京") == Text("北京：晴，26 ℃")
    assert chat.says("你好") == Text("你好")


@shows(README, "Slow answers")
def test_chapters_come_one_after_the_other(open_door: OpenDoor, block: Block) -> None:
    given = (Router, ClickEvent, Context, Iterator, Reply, Text)
    context: dict[str, object] = {each.__name__: each for each in given[:4]}
    written = {"write_report": lambda openid: [f"给 {openid} 的第一章", "第二章"]}
    chat = Chat(open_door, block.run(**context, Reply=Reply, Text=Text, **written)["router"])
    assert chat.says(pushes.click("REPORT")) == Text("正在生成，请稍候…")
    assert chat.later() == [f"给 {ALICE} 的第一章", "第二章"]


@shows(HANDLERS, "Cookbook for handlers")
def test_a_recipe_is_named_among_the_others(block: Block) -> None:
    with handlers_beside(weather=BLOCKS[HANDLERS, "Keywords", "python", 1]) as package:
        routes: Any = block.run(__package__=package)["routes"]
    assert {each.name.partition(".")[0] for each in routes} == {"chat", "weather"}


@shows(HANDLERS, "Keywords")
def test_keywords(open_door: OpenDoor, block: Block) -> None:
    chat = Chat(open_door, block.run()["router"])
    assert chat.says("天气") == Text("哪个城市？例如：天气 北京")
    assert chat.says("天气上海") == Text("上海：晴，26 ℃")
    assert chat.says("上海天气") is None


@shows(HANDLERS, "The menu")
def test_the_menu(open_door: OpenDoor, block: Block) -> None:
    chat = Chat(open_door, block.run()["router"])
    assert chat.says(pushes.click("PRICES")) == News(
        Article("价目表", "本月有效", url="https://shop.example/prices"),
        Article("门店地址", url="https://shop.example/stores"),
    )
    scanned = {"ScanResult": "690123"}
    parcel = pushes.event("scancode_waitmsg", EventKey="PARCEL", ScanCodeInfo=scanned)
    assert chat.says(parcel) == Text("单号 690123 正在派送。")


def test_its_file_is_one_that_can_be_pushed(tmp_path: Path) -> None:
    file = tmp_path / "menu.yaml"
    file.write_text(BLOCKS[HANDLERS, "The menu", "yaml", 1].code, encoding="utf-8")
    buttons = menus.read(file)
    assert [each.get("key") for each in buttons] == ["PRICES", "PARCEL", None]


@shows(HANDLERS, "Pictures, voice, files")
def test_media(open_door: OpenDoor, block: Block) -> None:
    chat = Chat(open_door, block.run()["router"])
    assert chat.says(pushes.voice(recognition="你好")) == Text("您说：你好")
    assert chat.says(pushes.voice()) == Text("请打字告诉我。")
    api = chat.door.wechat.answers
    api["/cgi-bin/media/get"] = ApiResponse(200, "image/jpeg", b"picture")
    api["/cgi-bin/media/upload"] = json_answer(media_id="uploaded")
    assert chat.says(pushes.image()) == Text("正在处理图片…")
    assert chat.later() == ["image", "原图 7 字节。"]
    first, _ = chat.door.wechat.received(ALICE)
    assert first["image"] == {"media_id": "uploaded"}


@shows(HANDLERS, "A slow answer")
def test_a_slow_answer(open_door: OpenDoor, block: Block) -> None:
    names = block.run()
    chat = Chat(open_door, names["router"])
    assert chat.says("下单") == Text("正在下单，请稍候…")
    assert chat.later() == ["订单 1000 已提交。"]
    place_order: Any = names["place_order"]
    assert place_order(ALICE, "key") == place_order(ALICE, "key") == 1001


@shows(HANDLERS, "A language model")
def test_a_language_model(open_door: OpenDoor, block: Block) -> None:
    names = block.run()
    with model("第一段\n\n第二段\n\n3\n\n4\n\n5\n\n6") as serving:
        names["MODEL_URL"] = serving.url
        chat = Chat(open_door, names["router"])
        chat.door.parameters.put("own/model-key", "k")
        assert chat.says("为什么？") == Text("让我想想…")
        assert chat.later() == ["第一段", "第二段", "3", "4", "5\n\n6"]
        chat.says("还有呢？")
        chat.later()
    first, second = serving.asked
    assert first["key"] == "Bearer k"
    assert [each["content"] for each in first["messages"]] == ["为什么？"]
    assert [each["role"] for each in second["messages"]] == ["user", "assistant", "user"]


@shows(HANDLERS, "A conversation")
def test_a_conversation(open_door: OpenDoor, block: Block) -> None:
    chat = Chat(open_door, block.run()["router"])
    assert chat.says("你好") == Text("发“报名”参加活动。")
    assert chat.says("报名") == Text("请问怎么称呼您？")
    assert chat.says("小明") == Text("小明，您的手机号是？")
    assert chat.says("12") == Text("这不像手机号，请再发一次；不想报名了，请发“取消”。")
    assert chat.says("13800138000") == Text("小明，报名成功。")
    chat.says("报名")
    assert chat.says("取消") == Text("已取消。")
    assert chat.says("小明") == Text("发“报名”参加活动。")


@shows(HANDLERS, "Who the user is")
def test_who_the_user_is(open_door: OpenDoor, block: Block) -> None:
    chat = Chat(open_door, block.run()["router"])
    assert chat.says(pushes.follow(scene="门店")) == Text("欢迎来自门店的朋友！")
    assert chat.says(pushes.follow()) == Text("欢迎关注！")
    assert chat.says(pushes.scan("海报")) == Text("您扫了“海报”的二维码。")
    assert chat.says("我是谁") == Text("还不认识您。请在菜单里打开“我的资料”。")
    Browser().sign_in(People(chat.door), Person(ALICE))
    assert chat.says("我是谁") == Text("您是小明，会员号 未绑定。")


@shows(HANDLERS, "WeChat's API")
def test_wechats_api(open_door: OpenDoor, block: Block) -> None:
    chat = Chat(open_door, block.run()["router"])
    api = chat.door.wechat.answers
    api["/cgi-bin/qrcode/create"] = json_answer(ticket="a/b=", url="http://weixin.qq.com/q/1")
    api["/cgi-bin/tags/get"] = json_answer(tags=[{"id": 1, "name": "会员"}])
    api["/cgi-bin/message/template/send"] = json_answer(errcode=0, msgid=1)
    chat.says("邀请码")
    chat.says("标签")
    chat.says("提醒我")
    chat.door.work()
    api["/cgi-bin/message/template/send"] = json_answer(errcode=43004, errmsg="subscribe")
    chat.says("提醒我")
    assert chat.later() == [
        "https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket=a/b%3D",
        "会员",
        "好的，已发送提醒。",
        "提醒发不出去（43004）。",
    ]


@shows(HANDLERS, "Messages of your own")
def test_messages_of_ones_own(open_door: OpenDoor, block: Block) -> None:
    names = block.run()
    chat = Chat(open_door, names["router"])
    assert chat.says("投诉排队太久") == Text("已转给值班同事。")
    chat.door.work()
    (told,) = chat.door.wechat.received(str(names["STAFF"]))
    assert told["text"] == {"content": "收到投诉：排队太久"}


# --- Handlers with what is around them ---------------------------------------------------------


@shows(HANDLERS, "Testing a handler", 1, 2)
def test_the_tests_of_the_cookbook_pass_beside_its_handlers(block: Block, tmp_path: Path) -> None:
    copied = project_with(
        tmp_path / "project",
        weather=BLOCKS[HANDLERS, "Keywords", "python", 1].code,
        orders=BLOCKS[HANDLERS, "A slow answer", "python", 1].code,
    )
    (copied / "tests" / "test_recipe.py").write_text(block.code, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"]
    ran = subprocess.run(command, cwd=copied, capture_output=True, text=True, check=False)
    assert f"{block.code.count('def test_')} passed" in ran.stdout, ran.stdout


@shows(README, "Who the user is")
def test_a_route_of_ones_own_knows_who_asks(open_door: OpenDoor, block: Block) -> None:
    names = app_with(block)
    browser, door = Browser(), open_door()
    answer = asked(names["app"], "/orders", {})
    there = "/oauth/authorize?next=/orders"
    assert (answer["statusCode"], answer["headers"]["Location"]) == (302, there)
    browser.sign_in(People(door), Person(ALICE))
    answer = asked(names["app"], "/orders", browser.cookies)
    assert answer["body"] == "小明: an account not bound yet"


@shows(README, "Who the user is", 2)
def test_a_handler_knows_who_writes(open_door: OpenDoor, block: Block) -> None:
    router = Router("who")
    given = {"TextMessage": TextMessage, "Context": Context, "Reply": Reply, "Text": Text}
    block.run(router=router, **given)
    chat = Chat(open_door, router)
    assert chat.says("我是谁") == Text("您好，朋友！")
    Browser().sign_in(People(chat.door), Person(ALICE))
    assert chat.says("我是谁") == Text("您好，小明！")


@shows(README, "Who the user is", 3)
def test_a_link_binds_a_user_of_the_site(open_door: OpenDoor, block: Block, aws: str) -> None:
    door, browser = open_door(), Browser()
    (key,) = door.parameters.read(["ticket-key"])
    ssm, name = boto3.client("ssm"), "/wechalice/dev/ticket-key"
    ssm.put_parameter(Name=name, Value=key.value, Type="SecureString", Overwrite=True)
    link = str(block.run()["link"]).removeprefix("http://127.0.0.1:8000")
    ssm.delete_parameter(Name=name)
    page = browser.get(browser.sign_in(People(door), Person(ALICE), link).location)
    assert "小明" in page.body
    assert "a***@example.com" in page.body
    assert browser.post("/oauth/bind", **page.form).location == "https://shop.example/account"
    assert door.profiles.bound_to("42") == ALICE


@shows(HANDLERS, "Pages of your own")
def test_a_page_of_ones_own_shows_who_asks(open_door: OpenDoor, block: Block) -> None:
    names = app_with(block)
    browser, door = Browser(), open_door()
    answer = asked(names["app"], "/card", {})
    assert answer["headers"]["Location"] == "/oauth/authorize?next=/card"
    browser.sign_in(People(door), Person(ALICE, nickname="<script>"))
    assert "<p>&lt;script&gt;" in asked(names["app"], "/card", browser.cookies)["body"]


@shows(HANDLERS, "Schedules")
def test_a_schedule_sends_messages(block: Block, aws: str, monkeypatch: pytest.MonkeyPatch) -> None:
    queue = f"{uuid.uuid4().hex}.fifo"
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName=queue, Attributes={"FifoQueue": "true"})["QueueUrl"]
    monkeypatch.setenv("JOBS_QUEUE", queue)
    morning = app_with(block)["morning"]
    named = ["version", "id", "account", "time", "region", "source", "detail-type"]
    morning({**dict.fromkeys(named, ""), "resources": [], "detail": {}}, LambdaContext())
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    assert {Job.read(each["Body"]).openid for each in found} == {"oAlice", "oBob"}


def test_it_may_send_them_after_the_command_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = project_with(tmp_path / "project")
    monkeypatch.chdir(copied)
    command = BLOCKS[HANDLERS, "Schedules", "", 1].code.removeprefix(".venv/bin/python -m ops ")
    assert CliRunner().invoke(main, command.split()).exit_code == 0
    block = BLOCKS[HANDLERS, "Schedules", "python", 1]
    function = schedule_deployed(copied, block.code).lambda_function
    role: Any = function.role
    document = json.loads(Path(role.policy.filename).read_text(encoding="utf-8"))
    allowed = {each["Sid"]: each["Resource"] for each in document["Statement"]}
    group = f"/aws/lambda/{function.function_name}"
    assert allowed["WriteLog"] == [f"arn:*:logs:*:*:log-group:{group}:*"]
    assert function.log_group is not None
    assert function.log_group.log_group_name == group
    assert allowed["SendJobs"] == ["arn:*:sqs:*:*:wechalice-dev-jobs.fifo"]


@shows(OPERATIONS, "Backup and restore")
def test_a_restored_table_gives_back_what_is_missing_alone(block: Block, aws: str) -> None:
    dynamodb = boto3.client("dynamodb")
    current, restored = "wechalice-prod-profiles", "wechalice-prod-profiles-restored"
    was = {current: {"kept": "new"}, restored: {"kept": "old", "lost": "old"}}
    for table, items in was.items():
        dynamodb.create_table(
            TableName=table,
            KeySchema=[{"AttributeName": "openid", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "openid", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        for openid, nickname in items.items():
            item = {"openid": {"S": openid}, "nickname": {"S": nickname}}
            dynamodb.put_item(TableName=table, Item=item)
    block.run()
    found = dynamodb.scan(TableName=current)["Items"]
    assert {each["openid"]["S"]: each["nickname"]["S"] for each in found} == {
        "kept": "new",
        "lost": "old",
    }
    for table in was:
        dynamodb.delete_table(TableName=table)

"""The Python in the documents runs, and does what they say of it: handlers, and all blocks."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from chalicelib.ports import Upload
from chalicelib.router import Context, Router
from chalicelib.wechat.messages import ClickEvent
from chalicelib.wechat.replies import (
    Article,
    Image,
    News,
    Reply,
    Text,
    TransferCustomerService,
    Video,
)
from ops import menus
from simulator import pushes
from tests import (
    test_documented_recipes,
    test_documented_site,
    test_documented_tests,
    test_robot_recipe,
)
from tests.documents import ORIGINALS, PROJECT, README, Block
from tests.door import APP
from tests.kit import OpenAccount
from tests.recipes import (
    BLOCKS,
    FIRST_STEPS,
    HANDLERS,
    SHOWN,
    account_with,
    handlers_beside,
    shows,
)

UPLOAD, DOWNLOAD = "/cgi-bin/media/upload", "/cgi-bin/media/get"
TEMPLATE = "/cgi-bin/message/template/send"


def test_every_block_of_python_is_shown_to_be_right() -> None:
    # These show some of them.
    assert {test_documented_recipes, test_documented_site}
    assert {test_documented_tests, test_robot_recipe}
    python = {each for each in BLOCKS.values() if each.language == "python"}
    assert {each for each in python - SHOWN if each.document not in ORIGINALS} == set()


@shows(FIRST_STEPS, "Write a handler")
def test_a_first_handler_answers(open_account: OpenAccount, block: Block) -> None:
    alice = account_with(open_account, block.run()["router"]).user()
    assert alice.says("天气 北京") == Text("北京：晴，26 ℃")


@shows(README, "A handler")
def test_the_handler_of_the_readme_is_that_of_the_first_steps(block: Block) -> None:
    assert block.code == BLOCKS[FIRST_STEPS, "Write a handler", "python", 1].code


@shows(FIRST_STEPS, "Write a handler", 2)
def test_it_is_named_before_the_chat_that_answers_all_else(
    block: Block, open_account: OpenAccount
) -> None:
    with handlers_beside(weather=BLOCKS[FIRST_STEPS, "Write a handler", "python", 1]) as package:
        routes: Any = block.run(__package__=package)["routes"]
    alice = open_account(routes, APP).user()
    assert alice.says("天气 北京") == Text("北京：晴，26 ℃")
    assert alice.says("你好") == Text("你好")


@shows(FIRST_STEPS, "Write a slow handler")
def test_a_first_slow_handler_answers(open_account: OpenAccount, block: Block) -> None:
    account = account_with(open_account, block.run()["router"])
    alice = account.user()
    assert alice.says("报告") == Text("正在生成，请稍候…")
    account.work()
    chapters = ("第一章：本周新增关注 128 人。", "第二章：最常问的是发货时间。")
    assert alice.received == [Text(each) for each in chapters]


@shows(README, "A slow handler")
def test_chapters_come_one_after_the_other(open_account: OpenAccount, block: Block) -> None:
    given = (Router, ClickEvent, Context, Iterator, Reply, Text)
    context: dict[str, object] = {each.__name__: each for each in given[:4]}
    written = {"write_report": lambda openid: [f"给 {openid} 的第一章", "第二章"]}
    names = block.run(**context, Reply=Reply, Text=Text, **written)
    account = account_with(open_account, names["router"])
    alice = account.user()
    assert alice.does(pushes.click("REPORT")) == Text("正在生成，请稍候…")
    account.work()
    assert alice.received == [Text("给 oAlice 的第一章"), Text("第二章")]


@shows(HANDLERS, "Cookbook for handlers")
def test_a_recipe_is_named_among_the_others(block: Block) -> None:
    with handlers_beside(stores=BLOCKS[HANDLERS, "Keywords", "python", 1]) as package:
        routes: Any = block.run(__package__=package)["routes"]
    assert {each.name.partition(".")[0] for each in routes} == {"chat", "stores"}


@shows(HANDLERS, "Keywords")
def test_keywords(open_account: OpenAccount, block: Block) -> None:
    alice = account_with(open_account, block.run()["router"]).user()
    assert alice.says("门店") == Text("哪个城市？例如：门店 北京")
    assert alice.says("门店上海") == Text("上海店：人民路 8 号，10 点到 22 点")
    assert alice.says("上海门店") is None


@shows(HANDLERS, "The menu")
def test_the_menu(open_account: OpenAccount, block: Block) -> None:
    alice = account_with(open_account, block.run()["router"]).user()
    assert alice.does(pushes.click("PRICES")) == News(
        Article("价目表", "本月有效", url="https://shop.example/prices"),
        Article("门店地址", url="https://shop.example/stores"),
    )
    scanned = {"ScanResult": "690123"}
    parcel = pushes.event("scancode_waitmsg", EventKey="PARCEL", ScanCodeInfo=scanned)
    assert alice.does(parcel) == Text("单号 690123 正在派送。")


def test_its_file_is_one_that_can_be_pushed(tmp_path: Path) -> None:
    file = tmp_path / "menu.yaml"
    blocks = [BLOCKS[HANDLERS, "The menu", "yaml", number].code for number in (1, 2)]
    file.write_text("".join(blocks), encoding="utf-8")
    found = menus.read(file)
    assert [each.get("key") for each in found.buttons] == ["PRICES", "PARCEL", None]
    assert [each.matchrule for each in found.personal or ()] == [{"tag_id": "2"}]


@shows(HANDLERS, "Pictures, voice, files")
def test_media(open_account: OpenAccount, block: Block) -> None:
    account = account_with(open_account, block.run()["router"])
    alice = account.user()
    assert alice.does(pushes.voice(recognition="你好")) == Text("您说：你好")
    assert alice.does(pushes.voice()) == Text("请打字告诉我。")
    account.let_api_send(DOWNLOAD, "image/jpeg", b"picture")
    account.let_api_answer(UPLOAD, media_id="uploaded")
    assert alice.does(pushes.image()) == Text("正在处理图片…")
    account.work()
    assert alice.received == [Image("uploaded"), Text("原图 7 字节。")]


@shows(HANDLERS, "A slow answer")
def test_a_slow_answer(open_account: OpenAccount, block: Block) -> None:
    names = block.run()
    account = account_with(open_account, names["router"])
    alice = account.user()
    assert alice.says("下单") == Text("正在下单，请稍候…")
    account.work()
    assert alice.received == [Text("订单 1000 已提交。")]
    place_order: Any = names["place_order"]
    assert place_order("oAlice", "key") == place_order("oAlice", "key") == 1001


@shows(HANDLERS, "Streams and long work")
def test_streams_and_long_work(open_account: OpenAccount, block: Block) -> None:
    account = account_with(open_account, block.run()["router"])
    alice = account.user()
    assert alice.says("调研") == Text("开始调研…")
    account.work()
    assert alice.received == [Text(f"{each}：{each}平稳。") for each in ("市场", "价格", "渠道")]
    assert alice.says("取消") == Text("已取消。")


@shows(HANDLERS, "A language model")
def test_a_language_model_is_the_recipe_in_under_sixty_lines(block: Block) -> None:
    assert block.code == (PROJECT / "docs/recipes/model.py").read_text(encoding="utf-8")
    assert block.code.count("\n") < 60


def test_its_requirements_allow_what_it_is_tested_with() -> None:
    files = (PROJECT / f"requirements-{name}.txt" for name in ("run", "dev"))
    tested = "".join(file.read_text(encoding="utf-8") for file in files)
    for line in BLOCKS[HANDLERS, "A language model", "text", 1].code.splitlines():
        wanted = Requirement(line)
        (version,) = re.findall(rf"^{re.escape(wanted.name)}==(\S+)", tested, re.MULTILINE)
        assert wanted.specifier.contains(version), line


@shows(HANDLERS, "A conversation")
def test_a_conversation(open_account: OpenAccount, block: Block) -> None:
    alice = account_with(open_account, block.run()["router"]).user()
    assert alice.says("取消") is None
    assert alice.says("预约") == Text("您想哪天来？例如：5月20日。不约了请发“取消”。")
    assert alice.says("5月20日") == Text("请问怎么称呼您？")
    assert alice.says("小明") == Text("小明，您的手机号是？")
    assert alice.says("12") == Text("这不像手机号，请再发一次；不约了请发“取消”。")
    assert alice.says("13800138000") == Text("小明，5月20日见！")
    assert alice.says("小明") is None
    alice.says("预约")
    assert alice.says("取消") == Text("已取消。")
    assert alice.says("5月20日") is None


@shows(HANDLERS, "A human agent")
def test_a_human_agent(open_account: OpenAccount, block: Block) -> None:
    booking = BLOCKS[HANDLERS, "A conversation", "python", 1].run()["router"]
    alice = account_with(open_account, block.run()["router"], booking).user()
    passed_on = TransferCustomerService()
    assert alice.says("人工") == passed_on
    assert alice.says("预约") == passed_on
    assert alice.does(pushes.image()) == passed_on
    assert alice.says("机器人") == Text("好的，接下来由我回答。")
    assert alice.says("预约") == Text("您想哪天来？例如：5月20日。不约了请发“取消”。")
    assert alice.does(pushes.event("kf_create_session")) is None
    assert alice.says("人工") == passed_on
    assert alice.does(pushes.event("kf_close_session")) is None
    assert alice.says("5月20日") == Text("请问怎么称呼您？")
    assert alice.does(pushes.event("kf_close_session")) is None
    assert alice.says("小明") == Text("小明，您的手机号是？")


@shows(HANDLERS, "Who the user is")
def test_who_the_user_is(open_account: OpenAccount, block: Block) -> None:
    alice = account_with(open_account, block.run()["router"]).user()
    assert alice.does(pushes.follow(scene="门店")) == Text("欢迎来自门店的朋友！")
    assert alice.does(pushes.follow()) is None
    assert alice.does(pushes.scan("海报")) == Text("您扫了“海报”的二维码。")
    assert alice.says("我是谁") == Text("还不认识您。请在菜单里打开“我的资料”。")
    alice.opens("/me")
    assert alice.says("我是谁") == Text("您是小明，会员号 未绑定。")


@shows(HANDLERS, "WeChat's API")
def test_wechats_api(open_account: OpenAccount, block: Block) -> None:
    account = account_with(open_account, block.run()["router"])
    alice = account.user()
    address = "http://weixin.qq.com/q/1"
    account.let_api_answer("/cgi-bin/qrcode/create", ticket="a/b=", url=address)
    account.let_api_answer("/cgi-bin/tags/get", tags=[{"id": 1, "name": "会员"}])
    account.let_api_answer(TEMPLATE, errcode=0, msgid=1)
    alice.says("邀请码")
    alice.says("标签")
    alice.says("提醒我")
    account.work()
    account.let_api_answer(TEMPLATE, errcode=43004, errmsg="subscribe")
    alice.says("提醒我")
    account.work()
    assert alice.received == [
        Text("https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket=a/b%3D"),
        Text("会员"),
        Text("好的，已发送提醒。"),
        Text("提醒发不出去（43004）。"),
    ]


@shows(HANDLERS, "WeChat's API", 2)
def test_films_are_kept_with_their_description(open_account: OpenAccount, block: Block) -> None:
    account = account_with(open_account, block.run()["router"])
    alice = account.user()
    add = "/cgi-bin/material/add_material"
    account.let_api_send(DOWNLOAD, "video/mp4", b"film")
    account.let_api_answer(add, media_id="kept")
    assert alice.does(pushes.video()) == Text("正在保存…")
    account.work()
    assert alice.received == [Video("kept", title="开业")]
    (sent,) = (call.body for call in account.api_calls(add))
    assert sent == Upload(
        "media", "film.mp4", b"film", {"description": '{"title": "开业", "introduction": "第一天"}'}
    )


@shows(HANDLERS, "Messages of your own")
def test_messages_of_ones_own(open_account: OpenAccount, block: Block) -> None:
    names = block.run()
    account = account_with(open_account, names["router"])
    assert account.user().says("投诉排队太久") == Text("已转给值班同事。")
    account.work()
    assert account.user(str(names["STAFF"])).received == [Text("收到投诉：排队太久")]


@shows(HANDLERS, "Before each handler")
def test_a_hook_before_each_handler(open_account: OpenAccount, block: Block) -> None:
    names = block.run()
    account = account_with(open_account, names["router"])
    (tester,) = (account.user(openid) for openid in names["TESTERS"])  # type: ignore[attr-defined]
    other = account.user()
    tester.says("新功能")
    other.says("新功能")
    account.work()
    assert tester.received == [Text("欢迎试用！")]
    assert other.received == [Text("内测中，敬请期待。")]

"""Everything that a user can do on the phone in the browser."""

import json
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from chalicelib.api.client import Api
from simulator.events import USER
from tests.backends import Backend, opened
from tests.browser.account import ACCOUNT, LATE
from tests.browser.chat import phone, press, replay, save_conversation, say, theirs
from tests.simulated import Side

TILES = {
    "语音": "3″",
    "视频": "",
    "位置": "北京市东城区天安门广场",
    "链接": "公众平台官网",
    "文件": "说明.pdf",
}


def test_a_tap_on_the_menu_is_answered(page: Page, account: Api) -> None:
    account.create_menu(
        [
            {"type": "click", "name": "客服", "key": "CONTACT"},
            {"name": "更多", "sub_button": [{"type": "click", "name": "新闻", "key": "NEWS"}]},
        ]
    )
    page.get_by_role("menuitem", name="客服").click()
    expect(page.locator(".note.event")).to_have_text("点击菜单 CONTACT")
    expect(theirs(page)).to_have_text("收到")
    page.get_by_role("menuitem", name="更多").click()
    page.get_by_role("menuitem", name="新闻").click()
    expect(page.locator(".article")).to_have_count(2)


def test_the_menu_is_edited_as_yaml_and_what_is_wrong_stays_to_be_fixed(
    window: Page, side: Side
) -> None:
    with phone(window, side.address, may_complain=True) as page:
        page.get_by_role("button", name="更多功能").click()
        press(page, "编辑菜单")
        written = page.get_by_role("textbox", name="编辑菜单")
        expect(written).to_have_value(re.compile("sub_button:"))
        written.fill("button:\n- {type: click, name: 7, key: A}")
        press(page, "保存菜单")
        expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("按钮要有文本 name")
        written.fill("button:\n- {type: click, name: 价目表, key: A}")
        press(page, "保存菜单")
        expect(page.get_by_role("menuitem")).to_have_text("价目表")
        press(page, "编辑菜单")
        expect(written).to_have_value(re.compile("name: 价目表"))


def test_an_unsent_text_stays_when_the_account_sets_a_menu(page: Page, account: Api) -> None:
    page.get_by_label("消息", exact=True).fill("half a sen")
    page.get_by_role("button", name="更多功能").click()
    account.create_menu([{"type": "click", "name": "客服", "key": "CONTACT"}])
    expect(page.get_by_role("menuitem", name="客服")).to_be_visible()
    expect(page.get_by_label("消息", exact=True)).to_have_value("half a sen")


def test_a_picture_from_disk_is_shown_and_pushed(
    page: Page, server: Backend, account: Api, tmp_path: Path
) -> None:
    picture = tmp_path / "picture.png"
    page.locator("#bar").screenshot(path=picture)
    page.get_by_role("button", name="更多功能").click()
    with page.expect_file_chooser() as chosen:
        page.get_by_role("button", name="图片", exact=True).click()
    chosen.value.set_files(picture)
    expect(theirs(page)).to_have_text("收到")
    shown = page.locator(".mine img")
    expect(shown).to_be_visible()
    expect(shown).to_have_js_property("naturalWidth", 1280)
    media_id = str(opened(ACCOUNT, server.requests[-1]).push.fields["MediaId"])
    assert account.download_media(media_id) == picture.read_bytes()


def test_each_kind_of_message_can_be_sent(page: Page) -> None:
    page.get_by_role("button", name="更多功能").click()
    page.get_by_role("button", name="示例图片").click()
    expect(page.locator(".mine img")).to_be_visible()
    expect(theirs(page)).to_have_text(["收到"])
    for number, (tile, shown) in enumerate(TILES.items()):
        page.get_by_role("button", name=tile, exact=True).click()
        page.get_by_role("dialog").get_by_role("button", name="发送").click()
        expect(theirs(page)).to_have_text(["收到"] * (number + 2))
        expect(page.locator(".mine .bubble").last).to_contain_text(shown)


def test_any_event_can_be_pushed(page: Page, server: Backend) -> None:
    page.get_by_role("button", name="更多功能").click()
    page.get_by_role("group", name="更多功能").get_by_role("button", name="事件").click()
    page.get_by_role("radio", name="WifiConnected").check()
    page.get_by_role("dialog").get_by_role("button", name="发送").click()
    expect(theirs(page)).to_have_text("收到")
    assert opened(ACCOUNT, server.requests[-1]).push.fields["VendorId"] == "3001224419"


def test_another_user_follows_by_a_code_before_writing(page: Page) -> None:
    say(page, "one")
    expect(theirs(page)).to_have_text("one")
    page.get_by_role("tab", name="王芳").click()
    expect(page.locator(".bubble")).to_have_count(0)
    expect(page.get_by_label("消息", exact=True)).to_have_count(0)
    page.get_by_role("button", name="扫一扫").click()
    page.get_by_label("场景值").fill("42")
    page.get_by_role("dialog").get_by_role("button", name="扫码").click()
    expect(page.locator(".note.event")).to_have_text("扫描二维码“42”关注了公众号")
    say(page, "two")
    expect(theirs(page)).to_have_text(["收到", "two"])
    page.get_by_role("button", name="取消关注").click()
    expect(page.get_by_text("看不到回复")).to_be_visible()
    expect(page.get_by_label("消息", exact=True)).to_have_count(0)


def test_unread_messages_of_other_users_are_counted(page: Page, account: Api) -> None:
    say(page, "one")
    expect(theirs(page)).to_have_text("one")
    page.get_by_role("tab", name="Alice").click()
    account.send(USER, LATE)
    expect(page.get_by_label("1 条未读")).to_be_visible()
    page.get_by_role("tab", name="小明").click()
    expect(theirs(page)).to_have_text(["one", "慢工出细活"])
    expect(page.get_by_label("1 条未读")).to_have_count(0)


def test_a_tap_in_a_msgmenu_comes_back_as_a_text(page: Page, account: Api, server: Backend) -> None:
    say(page, "one")
    expect(theirs(page)).to_have_text("one")
    items = [{"id": "7", "content": "满意"}]
    menu = {"head_content": "满意吗？", "list": items, "tail_content": ""}
    account.send(USER, {"msgtype": "msgmenu", "msgmenu": menu})
    page.get_by_role("button", name="满意", exact=True).click()
    expect(theirs(page).last).to_have_text("满意")
    assert opened(ACCOUNT, server.requests[-1]).push.fields["bizmsgmenuid"] == "7"


def test_a_saved_conversation_is_replayed(page: Page, server: Backend, tmp_path: Path) -> None:
    say(page, "one")
    expect(theirs(page)).to_have_text("one")
    path = tmp_path / "conversation.json"
    save_conversation(page, path)
    saved = json.loads(path.read_text())
    saved["steps"].append({**saved["steps"][0], "answer": {"kind": "text", "text": "other"}})
    path.write_text(json.dumps(saved))
    replay(page, path)
    expect(page.get_by_role("tab", name="▶ 小明", selected=True)).to_be_visible()
    expect(theirs(page)).to_have_text(["one", "one"])
    expect(page.get_by_text("重放：1 / 2 步一致")).to_be_visible()
    expect(page.locator("#replay li")).to_have_text(["一致", "不一致"])
    assert len(server.requests) == 3
    page.locator("#replay li").last.get_by_role("button").click()
    expect(page.locator(".comparison figure")).to_have_text(["预期other", "实际one"])
    press(page, "结束重放，移除它的用户")
    expect(page.locator("#replay")).to_be_hidden()
    expect(page.get_by_role("tab", name="小明", exact=True, selected=True)).to_be_visible()
    page.reload()
    expect(theirs(page)).to_have_text("one")
    expect(page.locator("#replay")).to_be_hidden()


def test_a_step_of_a_replay_is_told_in_the_language_of_the_page(page: Page, tmp_path: Path) -> None:
    step = {"openid": USER, "push": {"MsgType": "event", "Event": "user_info_modified"}}
    path = tmp_path / "conversation.json"
    path.write_text(json.dumps({"steps": [step]}))
    replay(page, path)
    mark = page.locator("#replay li").get_by_role("button")
    expect(mark).to_have_attribute("title", "事件 user_info_modified: 不一致")
    press(page, "Switch to English")
    expect(mark).to_have_attribute("title", "event user_info_modified: different")

"""The page of `make run`: what the backend does about a push, and pages inside the phone."""

import json
import re
import time
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Page, expect

from chalicelib.delivery.jobs import Job
from chalicelib.wechat.replies import Text
from chalicelib.wechat.reply_json import to_json
from simulator.events import USER
from tests import project
from tests.browser.chat import overflow, phone, press, rows, say
from tests.browser.handlers import HANDLERS, SCHEDULE
from tests.browser.wire import steps
from tests.machine import Machine
from tests.patience import PATIENCE, wait_until

LATECOMER = USER.removesuffix("1") + "3"
OTHERS = "会话、待发消息与其他"


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    machine = Machine(project.copy_to(tmp_path_factory.mktemp("behind") / "project"))
    machine.save_handlers(HANDLERS)
    with (machine.project / "app.py").open("a", encoding="utf-8") as app:
        app.write(SCHEDULE)
    with machine.running():
        yield machine


@pytest.fixture
def page(window: Page, machine: Machine) -> Iterator[Page]:
    with phone(window, f"http://127.0.0.1:{machine.phone_port}", may_complain=True) as page:
        yield page


def click(page: Page, key: str) -> None:
    press(page, "更多功能")
    press(page, "点击菜单")
    page.get_by_label("菜单 KEY").fill(key)
    page.get_by_role("dialog").get_by_role("button", name="发送").click()


def start_stream(page: Page, *told: str) -> None:
    """Starts the stream, after the page has told what it does."""
    press(page, "开始推送")
    dialog = page.get_by_role("dialog")
    for each in told:
        expect(dialog).to_contain_text(each)
    dialog.get_by_role("button", name="开始推送").click()


def test_a_recorded_push_shows_its_record_and_its_line_in_the_log(page: Page) -> None:
    say(page, "count")
    expect(steps(page).filter(has_text="推送记录").last).to_contain_text("已有回复")
    line = steps(page).filter(has_text="push · test.count · answered")
    expect(line).to_contain_text("日志 · backend")
    page.locator("#records > summary").click()
    line.locator("summary").click()
    expect(line).to_contain_text('"kind": "TextMessage"')
    press(page, "状态")
    records = page.get_by_role("region", name="推送记录")
    expect(records.get_by_text("已回复").first).to_be_visible()
    expect(page.get_by_role("region", name=OTHERS)).to_contain_text('{"n":1}')


def test_what_waits_for_a_user_is_shown_above_their_chat(page: Page, machine: Machine) -> None:
    line = [
        {"name": "a.1", "put": 0.0, "reply": {"kind": "text", "content": "第一部分"}},
        {"name": "a.2", "put": 0.0, "reply": {"kind": "image", "media_id": "m"}},
    ]
    machine.put_state(f"waiting#{LATECOMER}", parts=json.dumps(line), version="0123456789abcdef")
    page.get_by_role("tab", name="王芳").click()
    shown = page.locator("#allowances")
    expect(shown).to_contain_text("待发 2 条")
    expect(shown.get_by_text("第一部分")).to_be_hidden()
    shown.locator("summary").click()
    expect(shown.get_by_role("listitem")).to_have_text(["第一部分", "[图片]"])
    press(page, "状态")
    items = page.get_by_role("region", name=OTHERS)
    expect(items).to_contain_text("第一部分 / [图片]")
    page.get_by_role("tab", name="小明").click()
    expect(shown).not_to_contain_text("待发")


def test_what_is_stored_leads_to_the_wire_and_can_be_changed(page: Page, machine: Machine) -> None:
    say(page, "count")
    expect(page.locator(".theirs .bubble").last).to_have_text(re.compile(r"\d+"))
    said = to_json([Text("又来了")])
    machine.put_dead_letter(Job("abcdef123456", USER, time.time(), "sender", said=said))
    press(page, "状态")
    letters = page.get_by_role("region", name="死信队列")
    expect(letters.get_by_role("row", name="主动发送的消息 · 文本 小明 现在")).to_be_visible()
    press(page, "重新发送：abcdef1234")
    expect(page.locator(".theirs .bubble").last).to_have_text("又来了")
    expect(letters).to_contain_text("空")
    press(page, "清除会话：小明")
    expect(page.get_by_role("dialog")).to_contain_text("对话从头开始")
    press(page, "清除会话")
    expect(page.get_by_role("region", name=OTHERS)).not_to_contain_text('{"n":')
    page.get_by_role("region", name="推送记录").get_by_role("button", name="看报文").last.click()
    expect(page.locator("#details")).to_be_focused()
    expect(page.locator("#details h3")).to_have_text("count")


def test_what_is_stored_is_told_in_words_and_opens(page: Page, machine: Machine) -> None:
    machine.put_state(f"limit#test.count#{USER}#2026-11-29", count="3")
    machine.put_state("ticket#0123456789", openid_of_opener=USER)
    own = "/wechalice/dev/own/model-key"
    machine.ssm().put_parameter(Name=own, Value="a secret", Type="SecureString")
    press(page, "状态")
    expect(page.get_by_role("row", name="own/model-key v1")).to_be_visible()
    limit = "每日次数限制 小明 test.count 在 2026-11-29 用了 3 次"
    expect(page.get_by_role("row", name=limit)).to_be_visible()
    page.get_by_role("row", name="绑定链接 小明 已打开，还没确认").click()
    expect(page.get_by_text('"id": "ticket#0123456789"')).to_be_visible()
    expect(page.locator("body")).not_to_contain_text("a secret")


def test_all_about_a_user_can_be_deleted(page: Page, machine: Machine) -> None:
    followed = {"action": "follow", "openid": "oSimulated_follower"}
    httpx.post(f"http://127.0.0.1:{machine.phone_port}/pushes", json=followed, timeout=PATIENCE)
    press(page, "状态")
    press(page, "删除数据：follower")
    press(page, "删除数据")
    expect(page.get_by_role("button", name="删除数据：follower")).to_have_count(0)


def test_a_user_waits_for_an_agent_until_their_state_says_otherwise(page: Page) -> None:
    agent = page.get_by_role("group", name="人工客服")
    press(page, "状态")
    say(page, "人工")
    # Only what the page has seen can change, and a test writes faster than a person.
    expect(page.get_by_role("region", name=OTHERS)).to_contain_text("agent")
    expect(agent).to_be_visible()
    for text, answer, waits in (("你好", "hello", True), ("机器人", "back again", False)):
        say(page, text)
        expect(page.locator(".theirs .bubble").last).to_have_text(answer)
        expect(agent).to_be_visible(visible=waits)


def test_what_waits_for_a_user_can_be_dropped(page: Page) -> None:
    press(page, "注入故障")
    page.get_by_role("switch", name="window-closed").check()
    click(page, "REPORT")
    expect(page.locator("#allowances")).to_contain_text("待发 1 条")
    page.locator("#views").get_by_role("button", name="状态").click()
    press(page, "清空待发：小明")
    press(page, "清空待发")
    expect(page.locator("#allowances")).not_to_contain_text("待发")
    page.locator("#views").get_by_role("button", name="注入故障").click()
    page.get_by_role("switch", name="window-closed").uncheck()


def test_a_narrow_window_shows_each_item_with_the_names_of_its_columns(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    say(page, "count")
    expect(page.locator(".theirs .bubble").last).not_to_be_empty()
    page.locator("#to-tables").click()
    record = page.get_by_role("region", name="推送记录").locator(".opens").first
    expect(record).to_contain_text("已回复")
    expect(record.locator("[data-column=回复]")).to_have_text(re.compile(r"\d+"))
    record.get_by_role("button").first.press("Enter")
    records = page.get_by_role("region", name="推送记录")
    expect(records.locator("pre").filter(visible=True)).to_have_count(1)
    for shown in (page.locator(".scrolls"), page.locator("#tables pre:visible")):
        for each in shown.all():
            assert each.evaluate("each => each.scrollWidth <= each.clientWidth")
    assert overflow(page) <= 0


def test_a_slow_push_shows_its_job_its_calls_and_the_workers_lines(page: Page) -> None:
    click(page, "REPORT")
    expect(page.locator(".theirs .bubble").last).to_have_text("the report")
    expect(steps(page).filter(has_text="/cgi-bin/message/custom/send")).to_contain_text("errcode 0")
    expect(steps(page).filter(has_text="日志 · worker").last).to_contain_text("job · test.report")
    expect(steps(page).filter(has_text="writing the report")).to_contain_text("同一时间")
    expect(steps(page).filter(has_text="推送记录").last).to_contain_text("回复已进入待发队列")
    expect(steps(page).filter(has_text="客服消息到达")).to_contain_text("the report")


def test_while_the_worker_is_killed_the_job_stays_in_the_queue(
    page: Page, machine: Machine
) -> None:
    press(page, "注入故障")
    page.get_by_role("switch", name="worker-killed").check()
    wait_until(lambda: not machine.runs("local.worker"))
    before = page.locator(".theirs .bubble").count()
    click(page, "REPORT")
    expect(page.locator(".theirs .bubble").nth(before)).to_have_text("a moment")
    press(page, "状态")
    queue = page.get_by_role("region", name="队列", exact=True)
    expect(queue).to_contain_text("test.report")
    page.locator("#views").get_by_role("button", name="注入故障").click()
    page.get_by_role("switch", name="worker-killed").uncheck()
    expect(page.locator(".theirs .bubble").nth(before + 1)).to_have_text("the report")


def test_an_answer_that_waits_is_not_shown_as_delivered(page: Page) -> None:
    press(page, "注入故障")
    page.get_by_role("switch", name="window-closed").check()
    click(page, "REPORT")
    page.locator("#views").get_by_role("button", name="报文").click()
    expect(rows(page).first).to_contain_text("等用户的下一条消息 45015")
    record = steps(page).filter(has_text="推送记录").last
    expect(record).to_contain_text("等用户的下一条消息")
    page.locator("#filter-failed").click()
    expect(rows(page).first).to_contain_text("REPORT")
    page.locator("#views").get_by_role("button", name="注入故障").click()
    page.get_by_role("switch", name="window-closed").uncheck()


def test_an_event_without_a_route_is_shown_as_such_and_not_as_no_reply(page: Page) -> None:
    quiet = page.get_by_text("没有回复").count()
    press(page, "更多功能")
    page.get_by_role("group", name="更多功能").get_by_role("button", name="事件").click()
    page.get_by_role("dialog").get_by_role("button", name="发送").click()
    expect(rows(page).first).to_contain_text("LOCATION")
    expect(rows(page).first).to_contain_text("无需回复")
    expect(page.get_by_text("没有回复")).to_have_count(quiet)


def test_an_exception_is_shown_in_the_list_and_above_the_steps(page: Page) -> None:
    page.get_by_role("tab", name="Alice").click()
    say(page, "break")
    told = "KeyError: '香蕉' — __init__.py:"
    expect(rows(page).first).to_contain_text(told)
    expect(page.locator("#wrong")).to_contain_text(told)


def test_a_missing_secret_is_told_once_with_the_command_that_sets_it(page: Page) -> None:
    page.get_by_role("tab", name="Alice").click()
    say(page, "model")
    told = "缺少密钥 own/absent，请运行：python -m ops secrets set own/absent --stage dev"
    expect(rows(page).first).to_contain_text(told)
    step = steps(page).filter(has_text=told).first
    expect(step).to_be_visible()
    assert step.inner_text().count(told) == 1


def test_no_push_is_refused_while_a_secret_is_rotated(page: Page, machine: Machine) -> None:
    press(page, "状态")
    start_stream(page, "由一个测试用户每秒推送约五次“你好”", "test.answer 会处理（幂等）")
    expect(page.locator("#count-answered")).not_to_have_text("0")
    press(page, "轮换 token")
    expect(page.locator("#rotation")).to_contain_text("第 2 版已写入 SSM")
    expect(page.locator("#rotation")).to_contain_text("token 轮换完成：第 2 版")
    done = page.locator("#count-answered").inner_text()
    expect(page.locator("#count-answered")).not_to_have_text(done)  # with the new one
    press(page, "停止")
    for count in ("refused", "failed"):
        expect(page.locator(f"#count-{count}")).to_have_text("0")
    assert machine.ssm().get_parameter(Name="/wechalice/dev/token")["Parameter"]["Version"] == 2
    secrets = page.get_by_role("region", name="密钥")
    expect(secrets.get_by_role("row", name="token v2")).to_be_visible()


def test_a_stream_tells_which_handler_really_runs(page: Page) -> None:
    press(page, "状态")
    page.get_by_label("内容，不填则选一条幂等路由").fill("count")
    press(page, "开始推送")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("test.count 会处理（有记录）")
    expect(dialog).to_contain_text("真的运行")
    press(page, "取消")
    expect(page.get_by_role("button", name="开始推送")).to_be_visible()


def test_a_schedule_runs_at_a_click(page: Page) -> None:
    say(page, "count")  # so that the account may write
    press(page, "状态")
    schedules = page.get_by_role("region", name="定时任务")
    schedules.get_by_role("button", name="列出定时任务").click()
    row = schedules.get_by_role("listitem").filter(has_text="cron(0 1 * * ? *)")
    row.get_by_role("button", name="立即运行 morning").click()
    expect(row.get_by_role("status")).to_have_text("已运行完")
    expect(row.locator("pre")).to_contain_text("sent")
    expect(page.locator(".theirs .bubble").last).to_have_text("早上好！")
    records = page.get_by_role("region", name="推送记录")
    expect(records).to_contain_text("主动发送的消息 · 已送出")


def test_the_page_restarts_the_backend_in_another_mode(page: Page, machine: Machine) -> None:
    reloads = machine.output().count("Reloaded.")
    press(page, "注入故障")
    page.get_by_role("group", name="微信开发者平台的消息加解密方式").get_by_text("明文").click()
    page.get_by_role("group", name="后端的 WECHAT_MODE").get_by_text("明文").click()
    wait_until(lambda: machine.output().count("Reloaded.") > reloads)
    before = page.locator(".theirs .bubble").count()
    say(page, "in plain words")
    expect(page.locator(".theirs .bubble").nth(before)).to_have_text("hello")

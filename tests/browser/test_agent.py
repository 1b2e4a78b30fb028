"""An agent of customer service takes over, and the account keeps silent meanwhile."""

from collections.abc import Iterator
from threading import Event

import pytest
from playwright.sync_api import Page, expect

from chalicelib.wechat.messages import Event as Happened
from chalicelib.wechat.messages import TextMessage
from chalicelib.wechat.replies import PassiveReply, Text, TransferCustomerService
from tests.backends import Answer, Backend, Request, backend, opened, replying
from tests.browser.account import ACCOUNT
from tests.browser.chat import press, say, theirs
from tests.patience import wait_until


@pytest.fixture
def server(released: Event) -> Iterator[Backend]:
    def answer(request: Request) -> Answer:
        match opened(ACCOUNT, request).push:
            case Happened():
                return Answer("success")
            case TextMessage(content="人工"):
                reply: PassiveReply = TransferCustomerService()
            case _:
                reply = Text("机器人的回答")
        return replying(ACCOUNT, reply)(request)

    with backend(answer) as running:
        yield running


def pushed(server: Backend) -> set[str]:
    """The events and the texts that the account got."""
    fields = [opened(ACCOUNT, each).push.fields for each in server.requests]
    return {str(each.get("Event") or each.get("Content")) for each in fields}


def test_a_user_talks_to_an_agent_until_the_session_ends(page: Page, server: Backend) -> None:
    say(page, "人工")
    expect(page.locator(".note")).to_have_text("已转接人工客服")
    expect(theirs(page)).to_have_count(0)
    agent = page.get_by_role("group", name="人工客服")
    expect(agent).to_contain_text("等待人工客服接入")
    say(page, "还在吗")
    expect(theirs(page).last).to_have_text("机器人的回答")
    press(page, "客服接入")
    expect(agent).to_contain_text("service@simulated 正在接待")
    expect(agent.get_by_label("以客服身份回复")).to_be_focused()
    say(page, "我要退货")
    for part in ("#chat", "#details"):
        expect(page.locator(part)).to_contain_text("发给了 service@simulated，没有推送")
    agent.get_by_label("以客服身份回复").fill("请把单号发给我")
    agent.get_by_label("以客服身份回复").press("Enter")
    expect(theirs(page).last).to_have_text("service@simulated请把单号发给我")
    press(page, "转给另一位")
    expect(agent).to_contain_text("sales@simulated 正在接待")
    press(page, "结束接待")
    expect(agent).to_be_hidden()
    say(page, "你好")
    expect(theirs(page).last).to_have_text("机器人的回答")
    sessions = {"kf_create_session", "kf_switch_session", "kf_close_session"}
    wait_until(lambda: pushed(server) >= sessions)
    assert pushed(server) == {"人工", "还在吗", "你好", *sessions}


def test_an_agent_takes_a_user_who_did_not_ask(page: Page, server: Backend) -> None:
    press(page, "更多功能")
    press(page, "客服接入")
    expect(page.get_by_role("group", name="人工客服")).to_contain_text("正在接待")
    page.get_by_role("tab", name="Alice").click()
    expect(page.get_by_role("group", name="人工客服")).to_be_hidden()
    say(page, "你好")
    expect(theirs(page).last).to_have_text("机器人的回答")
    wait_until(lambda: pushed(server) == {"kf_create_session", "你好"})

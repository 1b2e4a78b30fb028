"""The Python in the documents about the site and what operators do runs, and does what they say."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
from click.testing import CliRunner

from chalicelib import bootstrap
from chalicelib.router import Routes
from chalicelib.wechat import signatures
from chalicelib.wechat.replies import Text
from ops.command import main
from tests import project
from tests.documents import Block
from tests.kit import Account, OpenAccount
from tests.recipes import (
    BLOCKS,
    HANDLERS,
    USERS,
    account_with,
    account_with_app,
    app_with,
    end_app,
    schedule_deployed,
    shows,
)
from tests.visitors import SITE

OPERATIONS = "docs/operations.md"
TICKET = "/cgi-bin/ticket/getticket"
LABEL = "a***@example.com"
TEMPLATE = "/cgi-bin/message/template/send"


@shows(USERS, "Who the user is")
def test_a_route_of_ones_own_knows_who_asks(open_account: OpenAccount, block: Block) -> None:
    alice = account_with_app(open_account, app_with(block)).user()
    page = alice.browser.get("/orders")
    assert (page.status, page.location) == (302, f"{SITE}/oauth/authorize?next=/orders")
    assert alice.opens("/orders").body == "小明: an account not bound yet"


@shows(USERS, "Your own users")
def test_a_link_binds_a_user_of_the_site(open_account: OpenAccount, block: Block) -> None:
    urls = BLOCKS[USERS, "Your own users", "json", 1].code
    allowed = json.loads(urls)["environment_variables"]["RETURN_URLS"].split()
    account = open_account(Routes(), app_with(block)["app"], return_urls=allowed)
    account.put_secret("own/shop-key", "a key")
    alice = account.user()
    refused, given = (
        alice.browser.send("POST", "/bind-link", json.dumps(each).encode(), "application/json")
        for each in ({"key": "another key"}, {"key": "a key", "user": "42", "label": LABEL})
    )
    assert refused.status == 403
    page = alice.opens(given.body)
    assert "小明" in page.body
    assert LABEL in page.body
    bound = alice.browser.post("/oauth/bind", **page.form)
    assert bound.location == "https://shop.example/account"
    profile = bootstrap.profile_of("42")
    assert profile is not None
    assert profile.openid == alice.openid


@shows(HANDLERS, "Pages of your own")
def test_a_page_of_ones_own_shows_who_asks(open_account: OpenAccount, block: Block) -> None:
    account = account_with_app(open_account, app_with(block))
    alice = account.user(nickname="<script>")
    assert alice.browser.get("/card").location == f"{SITE}/oauth/authorize?next=/card"
    assert "<p>&lt;script&gt;" in alice.opens("/card").body


@shows(HANDLERS, "A page that scans or shares")
def test_a_page_is_signed_for_the_address_that_its_browser_shows(
    open_account: OpenAccount, block: Block
) -> None:
    account = account_with_app(open_account, app_with(block))
    alice, address = account.user(), f"{SITE}/scan?from=singlemessage"
    assert "wx.config" in alice.browser.get("/scan").body
    account.let_api_answer(TICKET, errcode=45009, errmsg="quota")
    assert alice.browser.ask("/wx-config", url=address).status == 503
    account.let_api_answer(TICKET, ticket="ticket-1", expires_in=7200)
    found = json.loads(alice.browser.ask("/wx-config", url=address).body)
    signed = signatures.js_sdk("ticket-1", found["nonceStr"], found["timestamp"], address)
    assert found["signature"] == signed


@shows(HANDLERS, "Schedules")
def test_a_schedule_sends_messages(open_account: OpenAccount, block: Block) -> None:
    names = app_with(block)
    account = account_with_app(open_account, names)
    account.run(names["morning"])
    account.work()
    for openid in ("oAlice", "oBob"):
        assert account.user(openid).received == [Text("早上好！今天有三个待办事项。")]


def test_it_may_send_them_after_the_command_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = project.copy_to(tmp_path / "project")
    monkeypatch.chdir(copied)
    command = BLOCKS[HANDLERS, "Schedules", "", 1].code.removeprefix(".venv/bin/python -m ops ")
    end_app(copied, BLOCKS[HANDLERS, "Schedules", "python", 1])
    assert CliRunner().invoke(main, command.split()).exit_code == 0
    function = schedule_deployed(copied).lambda_function
    role: Any = function.role
    document = json.loads(Path(role.policy.filename).read_text(encoding="utf-8"))
    allowed = {each["Sid"]: each["Resource"] for each in document["Statement"]}
    group = f"/aws/lambda/{function.function_name}"
    assert allowed["WriteLog"] == [f"arn:*:logs:*:*:log-group:{group}:*"]
    assert function.log_group is not None
    assert function.log_group.log_group_name == group
    assert "arn:*:sqs:*:*:wechalice-dev-jobs.fifo" in allowed["SendJobs"]


@shows(HANDLERS, "Work of your own")
def test_a_task_greets_all_who_follow(open_account: OpenAccount, block: Block) -> None:
    account = account_with(open_account, block.run()["router"])
    list_followers(account, "oAlice", "oBob")
    bootstrap.start("followers.page", "2026-12-01", "", identity="2026-12-01")
    account.work()
    assert greeted(account) == ["oAlice 2026-12-01", "oBob 2026-12-01"]


@shows(HANDLERS, "Work of your own", 2)
def test_it_does_so_once_each_morning_and_passes_over_who_is_gone(
    open_account: OpenAccount, block: Block
) -> None:
    names = app_with(block)
    router: Any = BLOCKS[HANDLERS, "Work of your own", "python", 1].run()["router"]
    account = open_account(Routes(router), names["app"])
    list_followers(account, "oAlice", "oBob")
    account.let_api_answer(TEMPLATE, errcode=43004, errmsg="require subscribe")
    for seconds in (0, 24 * 3600, 0):
        account.run(names["greet_followers"])
        account.work(seconds)
    assert len(greeted(account)) == len(set(greeted(account))) == 4
    assert account.counted("JobFailed") == account.counted("JobDead") == 0


def list_followers(account: Account, *openids: str) -> None:
    """WeChat lists these; for simplicity, after each of them again."""
    account.let_api_answer(
        "/cgi-bin/user/get",
        total=len(openids),
        count=len(openids),
        data={"openid": openids},
        next_openid=openids[-1],
    )
    account.let_api_answer(TEMPLATE, errcode=0, msgid=1)


def greeted(account: Account) -> list[str]:
    """Who was sent which date, in order of their names."""
    calls = [call.fields for call in account.api_calls(TEMPLATE)]
    return sorted(f"{each['touser']} {each['data']['date1']['value']}" for each in calls)


@shows(OPERATIONS, "Backup and restore")
def test_a_restored_table_gives_back_what_is_missing_alone(block: Block, aws: str) -> None:
    dynamodb = boto3.client("dynamodb")
    current, restored = "wechalice-prod-profiles", "wechalice-prod-profiles-restored"
    make_profiles(dynamodb, current, {"kept": "new"})
    make_profiles(dynamodb, restored, {"kept": "old", "lost": "old"})
    block.run()
    assert nicknames(dynamodb, current) == {"kept": "new", "lost": "old"}
    for table in (current, restored):
        dynamodb.delete_table(TableName=table)


@shows(OPERATIONS, "Deploying")
def test_profiles_move_to_another_region_and_replace_none_there(block: Block, aws: str) -> None:
    table = "wechalice-prod-profiles"
    old = boto3.client("dynamodb", region_name="us-east-1")
    new = boto3.client("dynamodb", region_name="eu-west-1")
    make_profiles(old, table, {"kept": "old", "moved": "old"})
    make_profiles(new, table, {"kept": "new"})
    block.run()
    assert nicknames(new, table) == {"kept": "new", "moved": "old"}
    for region in (old, new):
        region.delete_table(TableName=table)


def make_profiles(dynamodb: Any, table: str, users: Mapping[str, str]) -> None:
    """A table of profiles: nicknames by openid."""
    dynamodb.create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "openid", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "openid", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    for openid, nickname in users.items():
        item = {"openid": {"S": openid}, "nickname": {"S": nickname}}
        dynamodb.put_item(TableName=table, Item=item)


def nicknames(dynamodb: Any, table: str) -> dict[str, str]:
    found = dynamodb.scan(TableName=table)["Items"]
    return {each["openid"]["S"]: each["nickname"]["S"] for each in found}

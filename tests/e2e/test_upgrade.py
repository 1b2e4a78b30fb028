"""A team has changed all its files since the latest release, and merges what comes after it."""

import re
import shutil
from pathlib import Path

from ops.target import WORKERS, Target, read_config, write_config
from tests.e2e.repository import Clone, latest_release, today

HANDLERS = '''"""What the shop says."""

import re

from chalicelib.router import Context, Router, Routes
from chalicelib.wechat.messages import SubscribeEvent, TextMessage
from chalicelib.wechat.replies import Reply, Text

router = Router("shop", apology="出了点问题，请稍后再试。")


@router.on(SubscribeEvent, idempotent=True)
def welcome(event: SubscribeEvent, ctx: Context) -> Reply:
    return Text("欢迎光临！")


@router.on(TextMessage, content=re.compile(r"价格\\s*(?P<thing>\\S+)"))
def price(message: TextMessage, ctx: Context) -> Reply:
    ctx.session["asked"] = ctx.groups["thing"]
    return Text(f"{ctx.groups['thing']}：10 元")


@router.on(TextMessage, slow=True, ack="请稍候…")
def assistant(message: TextMessage, ctx: Context) -> Reply:
    return Text(completed(ctx.secret("model-key"), message.content))


def completed(key: str, question: str) -> str:
    return f"{question}？用{key}想好了。"


routes = Routes(router)
'''

APP = """

@app.route("/orders")
def orders() -> Response:
    profile = signed_in(app)
    if profile is None:
        return Response("", {"Location": "/oauth/authorize?next=/orders"}, 302)
    page = f"<!doctype html><meta charset=utf-8>{html.escape(profile.nickname)}"
    return Response(page, {"Content-Type": "text/html; charset=utf-8"})


@app.schedule("cron(0 1 * * ? *)")
def morning(event: CloudWatchEvent) -> None:
    bootstrap.send("oAlice", f"早上好{bootstrap.secret('greeting')}")
"""

TESTS = '''"""What the shop says, and its page."""

from app import morning
from chalicelib.wechat.replies import Text
from simulator import pushes
from tests.kit import Account


def test_a_new_follower_is_welcome(account: Account) -> None:
    assert account.user().does(pushes.follow()) == Text("欢迎光临！")


def test_a_price_is_told_at_once(account: Account) -> None:
    assert account.user().says("价格 茶") == Text("茶：10 元")


def test_a_question_is_answered_later(account: Account) -> None:
    account.put_secret("own/model-key", "钥匙")
    alice = account.user()
    assert alice.says("在吗") == Text("请稍候…")
    account.work()
    assert alice.received == [Text("在吗？用钥匙想好了。")]


def test_a_day_begins_with_a_greeting(account: Account) -> None:
    account.put_secret("own/greeting", "，今天也加油")
    account.run(morning)
    account.work()
    assert account.user("oAlice").received == [Text("早上好，今天也加油")]


def test_orders_ask_who_is_there(account: Account) -> None:
    assert "小明" in account.user(nickname="小明").opens("/orders").body
'''

OWN_STATEMENT = """{
      "Sid": "OwnPictures",
      "Effect": "Allow",
      "Action": ["s3:GetObject"],
      "Resource": ["arn:*:s3:::shop-pictures/*"]
    }"""


NETWORK = {"subnet_ids": ["subnet-1"], "security_group_ids": ["sg-1"]}


def makes_it_its_own(clone: Clone) -> None:
    """Edits every file that a team owns, as the documents describe."""
    shutil.rmtree(clone.folder / "chalicelib" / "handlers")
    clone.write("chalicelib/handlers/__init__.py", HANDLERS)
    shutil.rmtree(clone.folder / "tests" / "account")
    clone.write("tests/account/__init__.py", '"""The shop\'s own tests."""\n')
    clone.write("tests/account/test_shop.py", TESTS)
    clone.write("menu.yaml", "button:\n  - name: 订单\n    type: click\n    key: ORDERS\n")
    clone.replace(
        "app.py",
        "from chalice.app import Chalice\n\nfrom chalicelib import doors\n",
        "import html\n\nfrom chalice.app import Chalice, CloudWatchEvent, Response\n\n"
        "from chalicelib import bootstrap, doors\nfrom chalicelib.doors import signed_in\n",
    )
    clone.append("app.py", APP)
    clone.append("requirements.txt", "# Of the shop.\nidna==3.10\n")
    clone.runs("python", "-m", "ops", "function", "add", "morning")
    clone.replace(
        ".chalice/config.json", '"STAGE": "prod",', '"STAGE": "prod",\n        "SHOP": "tea",'
    )
    sets_jobs_at_once(clone, "80")
    has_a_fixed_exit(Target("prod", clone.folder))
    policy = clone.folder / ".chalice" / "policy-prod-worker.json"
    statements, _, _ = policy.read_text().rpartition("\n  ]")
    policy.write_text(f"{statements},\n    {OWN_STATEMENT}\n  ]\n}}\n")


def sets_jobs_at_once(clone: Clone, number: str) -> None:
    """Writes it as an editor does, in its line of the stage prod."""
    file = clone.folder / ".chalice" / "config.json"
    before, prod, after = file.read_text().partition('"prod": {')
    after = re.sub(r'("JOBS_AT_ONCE": )"\d+"', rf'\1"{number}"', after, count=1)
    file.write_text(before + prod + after)


def has_a_fixed_exit(prod: Target) -> None:
    """Puts the worker into a network, as `up --fixed-exit vpc` does."""
    described = read_config(prod.config_file)
    described["stages"]["prod"]["lambda_functions"]["worker"] |= NETWORK
    write_config(prod.config_file, described)


def keeps_what_is_its_own(clone: Clone) -> None:
    prod = Target("prod", clone.folder)
    assert prod.environment["JOBS_AT_ONCE"] == "80"
    for worker in WORKERS:
        assert NETWORK.items() <= prod.stage_config["lambda_functions"][worker].items()
    assert "OwnPictures" in (clone.folder / ".chalice" / "policy-prod-worker.json").read_text()
    assert '"SHOP": "tea"' in (clone.folder / ".chalice" / "config.json").read_text()
    assert "idna" in (clone.folder / "requirements.txt").read_text()
    assert "def morning" in (clone.folder / "app.py").read_text()


def test_a_team_at_the_latest_release_merges_this_one_and_upgrade_completes_it(
    tmp_path: Path,
) -> None:
    clone = Clone.of(latest_release(), tmp_path / "shop")
    makes_it_its_own(clone)
    clone.commit("Make it a shop")
    # What only the team has changed merges. Where the release has changed the same default, too,
    # git stops in this file and in no other.
    assert clone.merges(today()) in ([], [".chalice/config.json"])
    clone.runs("python", "-m", "ops", "upgrade")
    clone.runs("pytest", "-q", "tests/account")
    keeps_what_is_its_own(clone)


def test_prods_new_default_of_1_6_0_reaches_a_team_that_has_not_changed_the_old_one(
    tmp_path: Path,
) -> None:
    clone = Clone.of(latest_release("1.5.0"), tmp_path / "shop")
    clone.replace(".chalice/config.json", '"STAGE": "prod",', '"STAGE": "prod", "SHOP": "tea",')
    clone.commit("Sell tea")
    assert clone.merges(today()) == []
    prod = Target("prod", clone.folder).environment
    assert (prod["JOBS_AT_ONCE"], prod["SHOP"]) == ("200", "tea")


def test_a_team_that_has_changed_the_old_default_keeps_its_own_and_ends_the_merge(
    tmp_path: Path,
) -> None:
    clone = Clone.of(latest_release("1.5.0"), tmp_path / "shop")
    sets_jobs_at_once(clone, "80")
    clone.commit("Spare the model")
    assert clone.merges(today()) == [".chalice/config.json"]
    said = clone.runs("python", "-m", "ops", "upgrade")
    assert 'JOBS_AT_ONCE = "80"; the release has "200"' in said
    clone.commit("Take the release")
    assert clone.merges(today()) == []
    assert Target("prod", clone.folder).environment["JOBS_AT_ONCE"] == "80"

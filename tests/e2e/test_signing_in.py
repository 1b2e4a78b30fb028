"""Visitors sign in while a stage of 1.2.0, whose door called WeChat itself, is upgraded.

Doors that are warm, and an IAM that knows a policy at once, would let them without the policy of
`ops/transition.py`: `tests/ops/test_transition.py` shows what that is for.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import boto3
import pytest

from local import account as shared
from local.cloud import domain
from local.cloud.stage import configure
from simulator.account import Account
from tests.e2e import cloud
from tests.e2e.browser import Browser
from tests.e2e.deployment import STAGE, Deployment
from tests.e2e.repository import Clone, latest_release, today
from tests.patience import eventually
from tests.simulated import wechat_side

ROLE = "wechalice-dev-api_handler"
SLOW = ("Timeout", "slowly")
"""In the reasons of what failed because this machine is slower than AWS and WeChat."""


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone.of(latest_release("1.2.0"), tmp_path / "clone")


@pytest.fixture
def older(clone: Clone, tmp_path: Path) -> Iterator[Deployment]:
    """A stage that 1.2.0 has deployed into an AWS of its own."""
    aws = tmp_path / "aws"
    with cloud.running(aws) as site:
        shared.share(aws / "console.json")
        with wechat_side(Account.load(aws / "console.json"), f"{site}/wechat") as side:
            wechat = {"WECHAT_API_URL": side.address, "WECHAT_OPEN_URL": side.address}
            configure(clone.folder, STAGE, PUBLIC_URL=site, **wechat)
            clone.commit("Configure it")
            clone.runs("python", "-m", "ops", "deploy")
            deployment = Deployment(clone.folder, site, side, side.address)
            domain.lead_to(deployment.api())
            assert eventually(lambda: "小明" in signed_in(deployment))
            yield deployment


def signed_in(deployment: Deployment) -> str:
    """What a new visitor reads who signs in."""
    browser = Browser()
    page = browser.get(f"{deployment.site}/me")
    if page.is_redirect:
        page = browser.consents(page)
    return f"{page.status_code} {page.text}"


def signed_in_at_last(deployment: Deployment) -> str:
    """The same of a visitor who tries again for as long as a page asks them to."""
    page = ""

    def is_final() -> bool:
        nonlocal page
        page = signed_in(deployment)
        return "暂时无法" not in page

    eventually(is_final)
    return page


def failed(deployment: Deployment) -> list[str]:
    """Why visitors were asked to try again, other than that this machine is slow."""
    lines = deployment.logged("wechalice-dev", "ERROR")
    reasons = [line.get("reason", str(line)) for line in lines]
    return [each for each in reasons if not any(word in each for word in SLOW)]


def door_may(deployment: Deployment) -> str:
    iam = boto3.client("iam")
    names = iam.list_role_policies(RoleName=ROLE)["PolicyNames"]
    found = [iam.get_role_policy(RoleName=ROLE, PolicyName=name) for name in names]
    return str([each["PolicyDocument"] for each in found])


def test_all_who_sign_in_while_it_is_upgraded_can_and_then_the_door_has_no_secret(
    older: Deployment, clone: Clone
) -> None:
    assert "app-secret" in door_may(older)
    clone.git("merge", "--quiet", "--no-edit", today())
    clone.runs("python", "-m", "ops", "upgrade")
    read: list[str] = []
    over = Event()

    def visit() -> None:
        while not over.wait(0.1):
            read.append(signed_in_at_last(older))

    with ThreadPoolExecutor(2) as pool:
        visitors = [pool.submit(visit) for _ in range(2)]
        try:
            clone.runs("python", "-m", "ops", "deploy")
        finally:
            over.set()
    assert [each.exception() for each in visitors] == [None, None]
    assert len(read) > 10
    assert [page for page in read if "小明" not in page] == []
    assert failed(older) == []
    assert "小明" in signed_in(older)
    assert "app-secret" not in door_may(older)
    assert older.logged("wechalice-dev-wechat_caller", "process started")

"""Each action that a policy allows is needed: without it, something that users do fails.

MiniStack does some things in a function's name without asking its policy. Those actions are
listed, and a test proves that the list is not too long.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

import pytest

from simulator import delivery
from simulator.delivery import Rules
from tests.e2e.browser import Browser
from tests.e2e.deployment import ONCE, Deployment, somebody
from tests.e2e.policies import Permission, permissions, without
from tests.patience import wait_until

Deed: TypeAlias = Callable[[Deployment], bool]

HANGS_UP = Rules(deliveries=1)
"""One delivery, for which WeChat waits as long as it does."""


def is_verified(deployment: Deployment) -> bool:
    account = deployment.side.world.load()
    return delivery.verify(account, f"{deployment.site}/wechat", ONCE)


def answers_fast(deployment: Deployment) -> bool:
    reply = deployment.write("fast", somebody(), HANGS_UP).reply
    return reply is not None and reply.startswith("fast")


def remembers(deployment: Deployment) -> bool:
    return deployment.write("remember", somebody(), HANGS_UP).reply == "remembered"


def finds(deployment: Deployment) -> bool:
    return deployment.write("find", somebody(), HANGS_UP).reply == "not found"


def queues(deployment: Deployment) -> bool:
    return deployment.write("slow", somebody(), HANGS_UP).reply == "a moment"


def answers_late(deployment: Deployment) -> bool:
    return deployment.write("slow", somebody()).is_answered_late()


def remembers_late(deployment: Deployment) -> bool:
    return deployment.write("slowly remember", somebody()).is_answered_late()


def tells_others(deployment: Deployment) -> bool:
    return deployment.write(f"tell {somebody()}", somebody()).is_answered_late()


def tries_again_soon(deployment: Deployment) -> bool:
    """Whether a job that failed is tried again before others that came after it."""
    return is_tried_again(deployment, "stumble", answers_late)


def thinks(deployment: Deployment) -> bool:
    """Whether the long worker remembers something and tells others."""
    return deployment.write(f"think {somebody()}", somebody()).is_answered_late()


def thinks_again_soon(deployment: Deployment) -> bool:
    return is_tried_again(deployment, "think twice", thinks)


def signs_in(deployment: Deployment) -> bool:
    browser = Browser()
    page = browser.get(f"{deployment.site}/me")
    return page.is_redirect and browser.consents(page).status_code == 200


def is_tried_again(deployment: Deployment, stumbling: str, later: Deed) -> bool:
    user = somebody()
    written = deployment.write(stumbling, user)
    wait_until(written.failures)
    wait_until(lambda: later(deployment))
    return deployment.heard(user) == ["got up"]


NEEDED_FOR: Mapping[Permission, Deed] = MappingProxyType(
    {
        Permission("api_handler", "ssm:GetParameters"): is_verified,
        Permission("api_handler", "dynamodb:GetItem"): remembers,
        Permission("api_handler", "dynamodb:UpdateItem"): answers_fast,
        Permission("api_handler", "dynamodb:Query"): finds,
        Permission("api_handler", "sqs:GetQueueUrl"): queues,
        Permission("api_handler", "sqs:SendMessage"): queues,
        Permission("api_handler", "lambda:InvokeFunction"): signs_in,
        Permission("wechat_caller", "ssm:GetParameters"): signs_in,
        Permission("worker", "ssm:GetParameters"): answers_late,
        Permission("worker", "dynamodb:GetItem"): remembers_late,
        Permission("worker", "dynamodb:UpdateItem"): answers_late,
        Permission("worker", "sqs:ChangeMessageVisibility"): tries_again_soon,
        Permission("worker", "sqs:GetQueueUrl"): tells_others,
        Permission("worker", "sqs:SendMessage"): tells_others,
        Permission("long_worker", "ssm:GetParameters"): thinks,
        Permission("long_worker", "dynamodb:GetItem"): thinks,
        Permission("long_worker", "dynamodb:UpdateItem"): thinks,
        Permission("long_worker", "sqs:ChangeMessageVisibility"): thinks_again_soon,
        Permission("long_worker", "sqs:GetQueueUrl"): thinks,
        Permission("long_worker", "sqs:SendMessage"): thinks,
    }
)

NOT_ASKED_ABOUT = (
    # MiniStack writes what a function prints into its log by itself.
    Permission("api_handler", "logs:CreateLogStream"),
    Permission("api_handler", "logs:PutLogEvents"),
    Permission("worker", "logs:CreateLogStream"),
    Permission("worker", "logs:PutLogEvents"),
    Permission("long_worker", "logs:CreateLogStream"),
    Permission("long_worker", "logs:PutLogEvents"),
    Permission("wechat_caller", "logs:CreateLogStream"),
    Permission("wechat_caller", "logs:PutLogEvents"),
    # It takes jobs out of its queues by itself.
    Permission("worker", "sqs:ReceiveMessage"),
    Permission("worker", "sqs:DeleteMessage"),
    Permission("worker", "sqs:GetQueueAttributes"),
    Permission("long_worker", "sqs:ReceiveMessage"),
    Permission("long_worker", "sqs:DeleteMessage"),
    Permission("long_worker", "sqs:GetQueueAttributes"),
)


def test_the_lists_are_those_of_the_policies() -> None:
    assert {*NEEDED_FOR, *NOT_ASKED_ABOUT} == permissions()


@pytest.mark.parametrize("deed", dict.fromkeys(NEEDED_FOR.values()), ids=lambda deed: deed.__name__)
def test_with_its_policies_a_stage_can_do_it(deployment: Deployment, deed: Deed) -> None:
    wait_until(lambda: deed(deployment))


@pytest.mark.parametrize("permission", NEEDED_FOR, ids=str)
def test_it_cannot_without(deployment: Deployment, permission: Permission) -> None:
    with without(permission):
        assert not NEEDED_FOR[permission](deployment)
    deployment.forget_jobs()


def test_it_can_without_what_ministack_does_not_ask_about(deployment: Deployment) -> None:
    deployment.forget_jobs()
    with without(*NOT_ASKED_ABOUT):
        written = deployment.write("fast", somebody())
        wait_until(lambda: tries_again_soon(deployment))
        wait_until(lambda: thinks_again_soon(deployment))
        wait_until(lambda: deployment.jobs() == 0)
        wait_until(lambda: deployment.logged("wechalice-dev", written.identity))
        assert signs_in(deployment)

"""The project as `python -m ops deploy` has deployed it, and what can be done with it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from threading import Event
from typing import Any

import boto3

from chalicelib.wechat.envelopes import identity
from chalicelib.wechat.parsing import parse
from local import account as shared
from local.cloud import domain
from local.cloud.stage import configure
from ops import target
from simulator import delivery, pushes
from simulator.account import Account
from simulator.delivery import WECHAT, Rules
from simulator.outcome import Outcome
from simulator.pushes import Push
from tests import project
from tests.e2e import cloud, fixed_exit, handlers
from tests.patience import PATIENCE, eventually, wait_until
from tests.simulated import Side, wechat_side

STAGE = "dev"
ONCE = Rules(limit=PATIENCE, deliveries=1)
"""One delivery, however slow the machine is."""

_numbers = count(1)


@dataclass
class Deployment:
    """A stage in the project's copy at `project`, and WeChat's side, which pushes to `site`.

    What calls WeChat does so through the fixed exit at `exit`.
    """

    project: Path
    site: str
    side: Side
    exit: str
    stage: str = STAGE
    fixed: Path = field(init=False)

    def __post_init__(self) -> None:
        self.fixed = self.project.with_name("fixed")

    # --- What an operator does ----------------------------------------------------------------

    def ops(self, *words: str) -> str:
        """What `python -m ops` prints about the stage; it must succeed."""
        return self.types(*words, "--stage", self.stage)

    def types(self, *words: str) -> str:
        """The same, without a stage."""
        done = self._run(*words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def fails(self, *words: str) -> str:
        """What it says about the stage when it fails."""
        done = self._run(*words, "--stage", self.stage)
        assert done.returncode == 1, done.stdout + done.stderr
        return done.stderr

    def _run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "ops", *words]
        return subprocess.run(
            command, check=False, cwd=self.project, capture_output=True, text=True
        )

    def asks(self, *words: str) -> Any:
        """What it says in JSON."""
        return json.loads(self.ops(*words, "--json"))

    def configure(self, release: int = 1) -> None:
        """Lets the stage know where WeChat is, where it is itself, and which release it is."""
        configure(
            self.project,
            self.stage,
            PUBLIC_URL=self.site,
            RELEASE=str(release),
            WECHAT_API_URL=self.side.address,
            WECHAT_OPEN_URL=self.side.address,
        )
        file = self.project / ".chalice" / "config.json"
        config = target.read_config(file)
        for name in target.AT_EXIT:
            function = config["stages"][self.stage]["lambda_functions"][name]
            function["environment_variables"] = {"WECHAT_API_URL": self.exit}
        target.write_config(file, config)

    # --- What users do ------------------------------------------------------------------------

    def write(self, content: str, openid: str, rules: Rules = ONCE) -> "Written":
        """A user writes to the account; what they read at once is the `reply`."""
        push = pushes.text(content).by(openid)
        self.side.world.arrived(push)
        account = self.side.world.load()
        outcome = delivery.deliver(account, push, f"{self.site}/wechat", rules)
        return Written(self, account, push, outcome)

    def heard(self, openid: str) -> list[str]:
        """What reached a user by customer service messages."""
        received = self.side.world.received
        return [getattr(each.message, "content", "?") for each in received if each.openid == openid]

    # --- What becomes of it -------------------------------------------------------------------

    def api(self) -> str:
        """The id of the only one there is."""
        (found,) = boto3.client("apigateway").get_rest_apis()["items"]
        return found["id"]

    def jobs(self) -> int:
        """How many there are, waiting or under way."""
        return sum(map(_count, self._queues))

    def forget_jobs(self) -> None:
        for queue in self._queues:
            boto3.client("sqs").purge_queue(QueueUrl=queue)

    @property
    def _queues(self) -> list[str]:
        names = [f"wechalice-{self.stage}-{kind}.fifo" for kind in ("jobs", "long")]
        return [boto3.client("sqs").get_queue_url(QueueName=each)["QueueUrl"] for each in names]

    def logged(self, function: str, word: str) -> list[dict[str, Any]]:
        """The lines in the log of a function, as AWS names it, that have `word`."""
        pages = boto3.client("logs").get_paginator("filter_log_events")
        found = pages.paginate(logGroupName=f"/aws/lambda/{function}", filterPattern=f'"{word}"')
        lines = [each["message"] for page in found for each in page["events"]]
        return [json.loads(line) for line in lines if line.startswith("{")]


@dataclass(frozen=True)
class Written:
    """A push, and what became of it."""

    deployment: Deployment
    account: Account
    push: Push
    outcome: Outcome

    @property
    def reply(self) -> str | None:
        """The text the user read at once."""
        return getattr(self.outcome.reply, "content", None)

    def answers(self) -> list[str]:
        """All that the user has read, at once and later; they write only once."""
        at_once = [] if self.reply is None else [self.reply]
        return at_once + self.deployment.heard(self.push.from_user_name)

    @property
    def identity(self) -> str:
        read = parse(self.push.xml(self.account.original_id).encode())
        return identity(read, b"")

    def is_answered_late(self) -> bool:
        """Whether it is, the first time that a worker tries."""
        openid = self.push.from_user_name
        assert eventually(lambda: self.deployment.heard(openid) or self.failures())
        return bool(self.deployment.heard(openid))

    def failures(self) -> int:
        """How often a worker failed to answer it."""
        workers = [f"wechalice-{self.deployment.stage}-{name}" for name in target.WORKERS]
        lines = [line for each in workers for line in self.deployment.logged(each, self.identity)]
        return len([line for line in lines if "JobFailed" in line])


def _count(queue: str) -> int:
    found = boto3.client("sqs").get_queue_attributes(
        QueueUrl=queue,
        AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    )
    return sum(int(each) for each in found["Attributes"].values())


@contextmanager
def traffic(deployment: Deployment, content: str) -> Iterator[list[Written]]:
    """New users write, two at a time, as long as the `with` block lasts."""
    written: list[Written] = []
    over = Event()

    def write() -> None:
        while not over.wait(0.1):  # which leaves some of the machine to others
            written.append(deployment.write(content, somebody(), WECHAT))

    with ThreadPoolExecutor(2) as pool:
        writers = [pool.submit(write) for _ in range(2)]
        try:
            yield written
        finally:
            over.set()
    for writer in writers:
        writer.result()


def somebody() -> str:
    """The openid of a user who has not been here before."""
    return f"oSomebody_{next(_numbers):018d}"


@contextmanager
def deployed(directory: Path) -> Iterator[Deployment]:
    """A stage deployed into an AWS of its own, by the commands that an operator types."""
    with cloud.running(directory) as site:
        account = directory / "console.json"
        shared.share(account)
        with (
            wechat_side(Account.load(account), f"{site}/wechat") as side,
            fixed_exit.running(side.address) as exit_,
        ):
            copied = project.copy_to(directory / "project")
            deployment = Deployment(copied, site, side, exit_)
            project.save_handlers(copied, handlers.code(deployment.fixed))
            with (copied / "app.py").open("a") as app:
                app.write(handlers.PAGES)
            deployment.configure()
            deployment.ops("deploy")
            domain.lead_to(deployment.api())
            wait_until(lambda: delivery.verify(side.world.load(), f"{site}/wechat", ONCE))
            yield deployment

"""A copy of the project in which `make run` runs for real, on free ports."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import httpx
import psutil

from chalicelib.delivery.jobs import Job
from chalicelib.wechat.replies import Text
from local import ministack, ports
from simulator import pushes
from simulator.account import Account
from simulator.delivery import Rules, deliver
from tests import project
from tests.patience import PATIENCE, eventually

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

HANDLERS = """
import time

from chalicelib.router import Context, Router, Routes
from chalicelib.wechat.messages import ClickEvent, TextMessage
from chalicelib.wechat.replies import Reply, Text

router = Router("test")

@router.on(TextMessage, idempotent=True)
def answer(message: TextMessage, ctx: Context) -> Reply:
    return Text("ANSWER")

@router.on(ClickEvent, event_key="REPORT", slow=True, ack="a moment")
def report(event: ClickEvent, ctx: Context) -> Reply:
    time.sleep(1)
    return Text("report: ANSWER")

routes = Routes(router)
"""


@dataclass
class Machine:
    """A copy of the project, and what runs there."""

    project: Path
    app_port: int = field(default_factory=ports.free)
    phone_port: int = field(default_factory=ports.free)
    aws_port: int = field(default_factory=ports.free)
    suffix: str = ".out"
    locale: str = "C.UTF-8"

    @property
    def _output(self) -> Path:
        return self.project.with_suffix(self.suffix)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.app_port}/wechat"

    def make_handlers_say(self, answer: str) -> None:
        self.save_handlers(HANDLERS.replace("ANSWER", answer))

    def save_handlers(self, code: str) -> None:
        project.save_handlers(self.project, code)

    def start(self) -> subprocess.Popen[bytes]:
        options = ["--app-port", str(self.app_port), "--phone-port", str(self.phone_port)]
        with self._output.open("wb") as output:
            return subprocess.Popen(
                [sys.executable, "-m", "local", *options, "--aws-port", str(self.aws_port)],
                cwd=self.project,
                env={**os.environ, "LC_ALL": self.locale},
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        """`make run`, from its welcome until Ctrl-C."""
        run = self.start()
        try:
            self.wait_for_welcome(run)
            yield run
        finally:
            end(run, signal.SIGINT)

    def wait_for_welcome(self, run: subprocess.Popen[bytes]) -> None:
        assert eventually(lambda: self.said("Ctrl-C") or run.poll() is not None)
        assert run.poll() is None, self.output()

    def output(self) -> str:
        return self._output.read_text()

    def said(self, words: str) -> bool:
        return words in self.output()

    def answers(self, content: str) -> bool:
        """Whether a text is answered so, at the first delivery."""
        account = Account.load(self.project / ".local" / "console.json")
        once = Rules(limit=PATIENCE, pause=0, deliveries=1)
        return deliver(account, pushes.text("你好"), self.url, once).reply == Text(content)

    def click(self) -> None:
        """Taps, on the phone's page, the menu button that is answered slowly."""
        tap = {"action": "click", "argument": "REPORT"}
        url = f"http://127.0.0.1:{self.phone_port}/pushes"
        httpx.post(url, json=tap, timeout=PATIENCE).raise_for_status()

    def chat(self) -> list[str]:
        """What the account has said on the phone, in order."""
        url = f"http://127.0.0.1:{self.phone_port}/conversation"
        shown = httpx.get(url, timeout=PATIENCE).json()["entries"]
        answers = (entry.get("late") or entry.get("answer") for entry in shown)
        return [answer["text"] for answer in answers if answer]

    def ssm(self) -> "SSMClient":
        return self._aws.client("ssm", endpoint_url=ministack.endpoint(self.aws_port))

    def put_state(self, id_: str, **texts: str) -> None:
        """Writes an item of the state table, in place of the one with that id."""
        dynamodb = self._aws.client("dynamodb", endpoint_url=ministack.endpoint(self.aws_port))
        item = {name: {"S": text} for name, text in {"id": id_, **texts}.items()}
        dynamodb.put_item(TableName="wechalice-dev-state", Item=item)

    def put_dead_letter(self, job: Job) -> None:
        """Puts a job where it is when no try could do it."""
        sqs = self._aws.client("sqs", endpoint_url=ministack.endpoint(self.aws_port))
        queue = sqs.get_queue_url(QueueName="wechalice-dev-jobs-dead.fifo")["QueueUrl"]
        sqs.send_message(
            QueueUrl=queue,
            MessageBody=job.to_json(),
            MessageGroupId=job.group,
            MessageDeduplicationId=job.identity,
        )

    @property
    def _aws(self) -> boto3.Session:
        return boto3.Session("local", "local", region_name="us-east-1")

    def processes(self) -> list[psutil.Process]:
        return [process for process in psutil.process_iter() if self._is_here(process)]

    def runs(self, module: str) -> bool:
        """Whether a process of that module is there."""
        try:
            return any(module in process.cmdline() for process in self.processes())
        except psutil.Error:
            return True  # one has just ended, so look again

    def _is_here(self, process: psutil.Process) -> bool:
        try:
            return Path(process.cwd()).is_relative_to(self.project)
        except psutil.Error:
            return False


def end(process: subprocess.Popen[bytes], number: signal.Signals) -> int:
    """Signals the whole foreground group, as a terminal does."""
    if process.poll() is None:
        os.killpg(process.pid, number)
    return process.wait(PATIENCE)

"""`make run` for real: a copy of the project on free ports, ended as its user would end it."""

import json
import signal
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import httpx
import psutil
import pytest

from tests import project
from tests.machine import HANDLERS, Machine, end
from tests.patience import PATIENCE, eventually


@dataclass
class Runs:
    """Runs of one copy: each goes on until a test ends it, because a start costs seconds."""

    machine: Machine
    _run: subprocess.Popen[bytes] | None = None

    def current(self, locale: str = "C.UTF-8") -> subprocess.Popen[bytes]:
        """The run that goes on in this locale, or a new one."""
        if self._run is None or self._run.poll() is not None or self.machine.locale != locale:
            self.end()
            self.machine.locale = locale
            self._run = self.machine.start()
            self.machine.wait_for_welcome(self._run)
        return self._run

    def end(self) -> None:
        if self._run:
            end(self._run, signal.SIGINT)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    machine = Machine(project.copy_to(tmp_path_factory.mktemp("run") / "project"))
    machine.make_handlers_say("hello")
    runs = Runs(machine)
    yield runs
    runs.end()


@pytest.fixture
def run(runs: Runs) -> subprocess.Popen[bytes]:
    return runs.current()


@pytest.fixture
def shared(runs: Runs, run: subprocess.Popen[bytes]) -> Machine:
    """A machine that runs, for tests that save handlers and look, or end the run."""
    return runs.machine


def test_a_first_run_answers_and_a_second_one_keeps_its_state(runs: Runs) -> None:
    machine, ssm = runs.machine, runs.machine.ssm()
    runs.current()
    assert machine.answers("hello")
    ssm.put_parameter(Name="/wechalice/dev/kept", Value="yes", Type="SecureString")
    runs.end()
    console = (machine.project / ".local" / "console.json").read_text()
    runs.current()
    assert machine.answers("hello")
    kept = ssm.get_parameter(Name="/wechalice/dev/kept", WithDecryption=True)
    token = ssm.get_parameter(Name="/wechalice/dev/token")
    assert kept["Parameter"]["Value"] == "yes"
    assert token["Parameter"]["Version"] == 1
    assert (machine.project / ".local" / "console.json").read_text() == console


def test_a_run_that_was_killed_leaves_an_account_that_still_works(machine: Machine) -> None:
    with machine.running():
        for process in machine.processes():
            process.kill()
    with machine.running():
        assert machine.answers("hello")


def test_a_saved_handler_answers_without_a_restart_and_so_does_the_next(shared: Machine) -> None:
    for answer in ("one", "two", "three"):
        shared.make_handlers_say(answer)
        assert eventually(partial(shared.answers, answer))


def test_a_slow_answer_arrives_in_the_chat_after_its_ack_and_follows_a_save(
    shared: Machine,
) -> None:
    shared.make_handlers_say("hello")
    assert eventually(partial(shared.answers, "hello"))
    shared.click()
    assert eventually(lambda: shared.chat()[:1] == ["a moment"])
    assert eventually(lambda: shared.chat() == ["a moment", "report: hello"])
    shared.make_handlers_say("other")
    assert eventually(partial(shared.answers, "other"))
    shared.click()
    assert eventually(lambda: shared.chat()[2:] == ["a moment", "report: other"])


def test_a_job_that_a_save_interrupts_starts_again_at_once(shared: Machine) -> None:
    """Its lease would keep it for ninety seconds, in which no other worker does it."""
    code = HANDLERS.replace('slow=True, ack="a moment"', "slow=True, long=True")
    began = "from pathlib import Path; Path('began').touch(); time.sleep(600)"
    shared.save_handlers(code.replace("time.sleep(1)", began).replace("ANSWER", "endless"))
    assert eventually(partial(shared.answers, "endless"))
    shared.click()
    assert eventually((shared.project / "began").exists)
    shared.save_handlers(code.replace("ANSWER", "saved"))
    assert eventually(lambda: shared.chat()[-1:] == ["report: saved"])
    assert shared.said("a job was interrupted and starts again  route=test.report")


def test_a_state_from_before_slow_answers_is_brought_up_to_date(machine: Machine) -> None:
    template = machine.project / "ops" / "resources.yaml"
    today = template.read_text()
    template.write_text(today[: today.index("  WorkerLogs:")])
    with machine.running():
        assert machine.answers("hello")
        machine.ssm().delete_parameter(Name="/wechalice/dev/app-secret")
    console = machine.project / ".local" / "console.json"
    values = json.loads(console.read_text())
    del values["app_secret"]
    console.write_text(json.dumps(values))
    template.write_text(today)
    with machine.running():
        machine.click()
        assert eventually(lambda: machine.chat() == ["a moment", "report: hello"])


def test_a_handler_in_a_new_folder_is_followed(shared: Machine) -> None:
    folder = shared.project / "chalicelib" / "handlers" / "more"
    folder.mkdir()
    (folder / "__init__.py").write_text(HANDLERS.replace("ANSWER", "this"))
    shared.save_handlers("from .more import routes")
    assert eventually(partial(shared.answers, "this"))
    (folder / "__init__.py").write_text(HANDLERS.replace("ANSWER", "that"))
    assert eventually(partial(shared.answers, "that"))


def test_a_syntax_error_is_shown_and_the_next_save_recovers(shared: Machine) -> None:
    shared.save_handlers("routes = (")
    assert eventually(partial(shared.said, "save a change to start it again"))
    assert eventually(partial(shared.said, "SyntaxError: '(' was never closed"))
    shared.make_handlers_say("recovered")
    assert eventually(partial(shared.answers, "recovered"))


def test_everything_listens_on_loopback_only(shared: Machine) -> None:
    listening = {
        connection.laddr
        for process in shared.processes()
        for connection in process.net_connections()
        if connection.status == psutil.CONN_LISTEN
    }
    taken = (shared.app_port, shared.phone_port, shared.aws_port)
    assert listening == {("127.0.0.1", port) for port in taken}


def test_the_backend_finds_wechats_consent_page_and_its_own_address(shared: Machine) -> None:
    told = "os.environ['PUBLIC_URL'] + ' ' + os.environ['WECHAT_OPEN_URL']"
    shared.save_handlers("import os\n" + HANDLERS.replace('"ANSWER"', told))
    site, wechat = (f"http://127.0.0.1:{port}" for port in (shared.app_port, shared.phone_port))
    assert eventually(partial(shared.answers, f"{site} {wechat}"))
    page = httpx.get(f"{wechat}/connect/oauth2/authorize", timeout=60)
    assert "错误码：10012" in page.text


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_every_process(
    shared: Machine, run: subprocess.Popen[bytes], number: signal.Signals
) -> None:
    # The worker has a zygote, and a container for what it has done.
    assert eventually(lambda: len(shared.processes()) >= 6)
    assert end(run, number) == 0
    assert shared.processes() == []


def test_a_signal_to_one_process_alone_ends_every_process(
    shared: Machine, run: subprocess.Popen[bytes]
) -> None:
    run.terminate()
    assert run.wait(PATIENCE) == 0
    assert shared.processes() == []


def test_a_signal_while_it_starts_ends_every_process(machine: Machine) -> None:
    run = machine.start()
    assert eventually(lambda: len(machine.processes()) > 1)
    assert end(run, signal.SIGINT) == 0
    assert machine.processes() == []


@pytest.mark.parametrize(
    ("module", "locale", "told"),
    [
        ("local.aws", "C.UTF-8", "MiniStack ended unexpectedly (SIGKILL)"),
        ("simulator", "zh_CN.UTF-8", "手机进程意外结束（SIGKILL）。"),
    ],
)
def test_a_part_that_dies_is_named_and_ends_the_others(
    runs: Runs, module: str, locale: str, told: str
) -> None:
    run, machine = runs.current(locale), runs.machine
    (part,) = (each for each in machine.processes() if module in each.cmdline())
    part.kill()
    assert run.wait(PATIENCE) == 1
    assert machine.said(f"make run: {told}")
    assert machine.processes() == []


@pytest.mark.parametrize(
    ("port", "wanted_by", "variable"),
    [
        ("app_port", "the backend", "APP_PORT"),
        ("phone_port", "the phone", "PHONE_PORT"),
        ("aws_port", "AWS (MiniStack)", "AWS_PORT"),
    ],
)
def test_a_taken_port_gets_one_sentence_that_says_what_to_type(
    machine: Machine, port: str, wanted_by: str, variable: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        setattr(machine, port, number)
        assert machine.start().wait(PATIENCE) == 1
    assert machine.output() == (
        f"make run: Port {number}, which {wanted_by} wants, cannot be used: Address already in"
        f" use. Choose another one: make run {variable}=<port>\n"
    )
    assert machine.processes() == []

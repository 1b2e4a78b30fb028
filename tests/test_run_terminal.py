"""What the user of `make run` reads in its terminal, and what it keeps in its folder."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from chalicelib.wechat.replies import Reply, Text
from simulator import pushes
from simulator.account import Account
from simulator.addresses import Addresses
from simulator.delivery import Rules, deliver
from tests import project
from tests.machine import HANDLERS, Machine
from tests.patience import PATIENCE, eventually

# Threads take turns so often that one would see what is not its own.
ECHO = "import sys; sys.setswitchinterval(1e-6)\n" + HANDLERS.replace(
    'return Text("ANSWER")',
    'time.sleep(3 * (message.content == "late")); return Text(message.content)',
)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine that runs, and says back what it hears, `late` after three seconds."""
    machine = Machine(project.copy_to(tmp_path_factory.mktemp("ran") / "project"))
    machine.save_handlers(ECHO)
    with machine.running():
        yield machine


def said_to(machine: Machine, text: str, limit: float = PATIENCE) -> Reply | None:
    account = Account.load(machine.project / ".local" / "console.json")
    once = Rules(limit=limit, pause=0, deliveries=1)
    return deliver(account, pushes.text(text), machine.url, once).reply


def test_a_push_is_one_short_line(ran: Machine) -> None:
    assert said_to(ran, "hi") == Text("hi")
    assert eventually(partial(ran.said, "TextMessage  test.answer  answered  "))
    assert '{"time"' not in ran.output()


def test_many_pushes_at_once_are_each_answered_with_their_own_text(ran: Machine) -> None:
    texts = [f"text {number}" for number in range(150)]
    with ThreadPoolExecutor(len(texts)) as threads:
        replies = threads.map(partial(said_to, ran), texts)
        assert list(replies) == [Text(text) for text in texts]


def test_an_answer_that_nobody_waits_for_any_more_is_no_error(ran: Machine) -> None:
    assert said_to(ran, "late", limit=1.5) is None
    assert eventually(partial(ran.said, "an idempotent handler is slow"))
    assert said_to(ran, "hi") == Text("hi")
    assert "BrokenPipe" not in ran.output()
    assert "Traceback" not in ran.output()


def test_a_second_run_in_the_same_folder_gets_one_sentence(ran: Machine) -> None:
    second = Machine(ran.project, suffix=".second")
    assert second.start().wait(PATIENCE) == 1
    assert second.output().startswith("make run: Another `make run` runs in this folder.")
    assert len(second.output().splitlines()) == 1
    assert said_to(ran, "hi") == Text("hi")


def test_what_is_kept_is_its_owners_business_only(ran: Machine) -> None:
    kept = [ran.project / ".local", *(ran.project / ".local").rglob("*")]
    assert [path for path in kept if path.stat().st_mode & 0o077] == []


def test_it_says_what_it_serves_where(ran: Machine) -> None:
    said = Addresses.load(ran.project / ".local" / "run.json")
    assert said == Addresses(ran.url, ran.phone_port, ran.aws_port)


def test_what_cannot_be_loaded_is_told_once_and_in_few_lines(machine: Machine) -> None:
    with machine.running():
        machine.save_handlers(HANDLERS.replace("TextMessage, idempotent", "TextMessage, a=1, slow"))
        assert eventually(partial(machine.said, "The backend ended"))
        machine.save_handlers("missing = {}['key']")
        assert eventually(partial(machine.said, "KeyError: 'key'"))
        assert not machine.said("Reloaded.")
        machine.make_handlers_say("recovered")
        assert eventually(partial(machine.said, "Reloaded."))
        assert machine.answers("recovered")
    told = machine.output()
    assert told.count("RouteError: ") == 1
    assert told.count("KeyError: ") == 1
    assert told.count('File "') == 1
    assert "Traceback" not in told
    assert "The worker ended" not in told

"""A release and a team have changed the same lines of `.chalice/`, and `upgrade` goes on."""

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ops import policies
from ops.command import main
from ops.target import Target

CONFIG = ".chalice/config.json"
POLICY = ".chalice/policy-prod-worker.json"
OWN = {"Sid": "OwnBucket", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}

Edit = Callable[[Any], object]


@dataclass(frozen=True)
class Repository:
    """A team's clone, on its branch `main`; the framework's is `wechalice`."""

    folder: Path

    def git(self, *words: str, fails: bool = False) -> None:
        name = ("-c", "user.name=a team", "-c", "user.email=team@example.com")
        done = subprocess.run(
            ["git", *name, *words], cwd=self.folder, capture_output=True, text=True, check=False
        )
        assert bool(done.returncode) == fails, f"{words}\n{done.stdout}{done.stderr}"

    def read(self, file: str) -> Any:
        return json.loads((self.folder / file).read_text())

    def variables(self, stage: str) -> Any:
        return self.read(CONFIG)["stages"][stage]["environment_variables"]

    def commits(self, branch: str, file: str, edit: Edit) -> None:
        """Edits a file on the branch."""
        self.git("checkout", "--quiet", branch)
        content = self.read(file)
        edit(content)
        (self.folder / file).write_text(json.dumps(content, indent=2) + "\n")
        self.git("commit", "--quiet", "--all", "--message", "Edit")

    def merges(self) -> None:
        """Takes the release, which stops at a conflict."""
        self.git("checkout", "--quiet", "main")
        self.git("merge", "--quiet", "wechalice", fails=True)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A new clone, with the stages dev and prod."""
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".chalice").mkdir()
    (tmp_path / CONFIG).write_text('{"stages": {"dev": {}, "prod": {}}}')
    assert upgrade().exit_code == 0
    repository = Repository(tmp_path)
    repository.git("init", "--quiet", "--initial-branch", "main")
    repository.git("add", ".")
    repository.git("commit", "--quiet", "--message", "Start")
    repository.git("branch", "wechalice")
    return repository


def upgrade() -> Result:
    return CliRunner().invoke(main, ["upgrade"])


def sets(stage: str, **variables: str | None) -> Edit:
    """Sets variables of a stage, or takes them away."""

    def edit(config: Any) -> None:
        there = config["stages"][stage]["environment_variables"]
        there |= variables
        for name, value in variables.items():
            if value is None:
                del there[name]

    return edit


def test_the_teams_value_of_a_setting_stays_and_is_told_beside_the_releases(
    repository: Repository,
) -> None:
    repository.commits("main", CONFIG, sets("prod", JOBS_AT_ONCE="80"))
    repository.commits("wechalice", CONFIG, sets("prod", JOBS_AT_ONCE="200"))
    repository.merges()
    result = upgrade()
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "~ config.json: conflicts resolved",
        '= stages: prod: environment_variables: JOBS_AT_ONCE = "80"; the release has "200"',
    ]
    assert "Commit these changes." in result.stderr
    assert repository.variables("prod")["JOBS_AT_ONCE"] == "80"


def test_what_only_one_of_them_changed_or_added_or_took_away_counts(
    repository: Repository,
) -> None:
    repository.commits(
        "main", CONFIG, sets("prod", JOBS_AT_ONCE="80", WECHAT_MODE="compatible", SHOP="tea")
    )
    repository.commits(
        "wechalice", CONFIG, sets("prod", JOBS_AT_ONCE="200", LONG_AT_ONCE="40", NEW="1")
    )
    repository.commits("wechalice", CONFIG, sets("dev", JOBS_AT_ONCE="6"))
    repository.commits("wechalice", CONFIG, sets("prod", LATE_ANSWERS=None))
    before = repository.variables("prod")
    repository.merges()
    result = upgrade()
    assert repository.variables("dev")["JOBS_AT_ONCE"] == "6"
    assert repository.variables("prod") == {
        **before,
        "JOBS_AT_ONCE": "80",
        "WECHAT_MODE": "compatible",
        "SHOP": "tea",
        "LATE_ANSWERS": "customer_service",
    }
    # Every stage has the variable with its default, so it comes back, and that is told.
    assert "+ prod: LATE_ANSWERS = customer_service" in result.stdout


def test_a_setting_that_the_team_took_away_stays_away(repository: Repository) -> None:
    repository.commits("main", CONFIG, lambda config: config["stages"].pop("dev"))
    repository.commits("wechalice", CONFIG, sets("dev", JOBS_AT_ONCE="6"))
    repository.merges()
    assert "= stages: dev = nothing; the release has {" in upgrade().stdout
    assert [*repository.read(CONFIG)["stages"]] == ["prod"]


def test_a_policy_keeps_the_teams_statements_and_gets_the_frameworks(
    repository: Repository,
) -> None:
    wanted = repository.read(POLICY)["Statement"]
    repository.commits("main", POLICY, lambda policy: policy["Statement"].append(OWN))
    repository.commits("wechalice", POLICY, lambda policy: policy["Statement"].pop())
    repository.merges()
    result = upgrade()
    assert "~ policy-prod-worker.json: conflicts resolved" in result.stdout
    assert repository.read(POLICY)["Statement"] == [*wanted, OWN]
    target = Target("prod", repository.folder)
    assert wanted == policies.statements(target, "worker")


def test_what_was_resolved_by_hand_is_left_alone(repository: Repository) -> None:
    repository.commits("main", CONFIG, sets("prod", JOBS_AT_ONCE="80"))
    repository.commits("wechalice", CONFIG, sets("prod", JOBS_AT_ONCE="200"))
    repository.merges()
    repository.git("checkout", "--theirs", CONFIG)
    assert upgrade().stdout == ""
    assert repository.variables("prod")["JOBS_AT_ONCE"] == "200"


def test_conflicts_of_no_merge_are_the_teams_to_resolve(repository: Repository) -> None:
    repository.commits("main", CONFIG, sets("prod", JOBS_AT_ONCE="80"))
    repository.commits("wechalice", CONFIG, sets("prod", JOBS_AT_ONCE="200"))
    repository.git("rebase", "main", fails=True)
    result = upgrade()
    assert result.exit_code == 1
    assert "config.json is not JSON" in result.stderr


def test_without_git_a_broken_file_is_named(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository.folder / CONFIG).write_text("{")
    monkeypatch.setenv("PATH", "")
    result = upgrade()
    assert result.exit_code == 1
    assert "config.json is not JSON" in result.stderr

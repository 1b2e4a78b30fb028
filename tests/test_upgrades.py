"""`upgrade` completes `.chalice/` for a release, and leaves the team's part as it is."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ops import upgrades
from ops.command import main
from ops.target import Target
from tests.project import PROJECT

OWN = {
    "Sid": "OwnBucket",
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::b",
}


@dataclass(frozen=True)
class Files:
    """The JSON files in `.chalice/` of a project."""

    folder: Path

    def read(self, name: str) -> Any:
        return json.loads((self.folder / name).read_text())

    def write(self, name: str, content: Any) -> None:
        (self.folder / name).write_text(json.dumps(content))

    def all(self) -> dict[str, Any]:
        return {file.name: self.read(file.name) for file in self.folder.glob("*.json")}

    def stage(self, name: str) -> Any:
        return self.read("config.json")["stages"][name]


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    """Those of a project with the stages dev and prod, where commands are typed."""
    files = Files(tmp_path / ".chalice")
    files.folder.mkdir()
    files.write("config.json", {"stages": {"dev": {}, "prod": {}}})
    monkeypatch.chdir(tmp_path)
    upgraded()
    return files


def ops(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def upgraded() -> str:
    """What `upgrade` says it changed."""
    result = ops("upgrade")
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_stages_of_this_project_lack_nothing() -> None:
    for stage in Target("dev", PROJECT).config["stages"]:
        assert [*upgrades.lacking(Target(stage, PROJECT))] == []


def test_running_it_again_changes_nothing(files: Files) -> None:
    before = files.all()
    assert upgraded() == ""
    assert files.all() == before


def test_a_missing_variable_is_added_to_each_stage_with_a_default_made_of_its_name(
    files: Files,
) -> None:
    ops("stage", "shop")
    config = files.read("config.json")
    for stage in config["stages"].values():
        del stage["environment_variables"]["STATE_TABLE"]
        stage["environment_variables"]["JOBS_AT_ONCE"] = "7"
    files.write("config.json", config)
    said = upgraded()
    for name in config["stages"]:
        variables = files.stage(name)["environment_variables"]
        assert variables["STATE_TABLE"] == f"wechalice-{name}-state"
        assert variables["JOBS_AT_ONCE"] == "7"
        assert f"+ {name}: STATE_TABLE = wechalice-{name}-state\n" in said
    assert upgraded() == ""


def test_a_variable_that_all_stages_share_is_not_added_to_each(files: Files) -> None:
    config = files.read("config.json")
    config["environment_variables"] = {"WECHAT_MODE": "compatible"}
    del config["stages"]["dev"]["environment_variables"]["WECHAT_MODE"]
    files.write("config.json", config)
    assert upgraded() == ""


def test_the_frameworks_statements_become_what_they_must_be(files: Files) -> None:
    shipped = files.read("policy-prod-worker.json")
    log, secrets, *others = shipped["Statement"]
    older = [log, {**secrets, "Resource": []}, {**log, "Sid": "Outdated"}, *others[1:]]
    files.write("policy-prod-worker.json", {**shipped, "Statement": older})
    assert upgraded().splitlines() == [
        "~ policy-prod-worker.json: ReadSecrets",
        f"+ policy-prod-worker.json: {others[0]['Sid']}",
        "- policy-prod-worker.json: Outdated",
    ]
    assert files.read("policy-prod-worker.json") == shipped
    assert upgraded() == ""


def test_statements_of_the_teams_own_stay_and_nothing_minds_them(files: Files) -> None:
    policy = files.read("policy-dev-door.json")
    policy["Statement"].insert(0, OWN)
    files.write("policy-dev-door.json", policy)
    assert upgraded() == ""
    files.write("policy-dev-door.json", {**policy, "Statement": [OWN]})
    assert "ReadSecrets" in upgraded()
    assert OWN in files.read("policy-dev-door.json")["Statement"]


def test_a_new_stage_has_statements_of_the_teams_own_too_renamed(files: Files) -> None:
    policy = files.read("policy-prod-door.json")
    own = {**OWN, "Resource": "arn:aws:s3:::wechalice-prod-bucket"}
    policy["Statement"].append(own)
    files.write("policy-prod-door.json", policy)
    assert ops("stage", "shop", "--like", "prod").exit_code == 0
    added = files.read("policy-shop-door.json")["Statement"][-1]
    assert added == {**own, "Resource": "arn:aws:s3:::wechalice-shop-bucket"}
    assert upgraded() == ""


def test_a_new_stage_has_what_the_copied_one_lacks(files: Files) -> None:
    config = files.read("config.json")
    del config["stages"]["prod"]["environment_variables"]["STATE_TABLE"]
    files.write("config.json", config)
    assert ops("stage", "shop", "--like", "prod").exit_code == 0
    variables = files.stage("shop")["environment_variables"]
    assert variables["STATE_TABLE"] == "wechalice-shop-state"


def test_a_missing_policy_is_made(files: Files) -> None:
    shipped = files.read("policy-dev-door.json")
    (files.folder / "policy-dev-door.json").unlink()
    assert upgraded() == "+ policy-dev-door.json\n"
    assert files.read("policy-dev-door.json") == shipped


def test_functions_of_a_stage_that_names_no_policies_get_them(files: Files) -> None:
    before = files.all()
    config = files.read("config.json")
    for each in config["stages"]["dev"]["lambda_functions"].values():
        del each["iam_policy_file"]
    files.write("config.json", config)
    assert "worker" in upgraded()
    assert files.all() == before


def test_a_stage_of_an_older_release_gets_the_long_worker_with_the_workers_network(
    files: Files,
) -> None:
    config = files.read("config.json")
    functions = config["stages"]["prod"]["lambda_functions"]
    network = {"subnet_ids": ["subnet-1"], "security_group_ids": ["sg-1"]}
    functions["worker"] |= network
    del functions["long_worker"]
    files.write("config.json", config)
    said = upgraded()
    policy = {"iam_policy_file": "policy-prod-long_worker.json"}
    assert files.stage("prod")["lambda_functions"]["long_worker"] == {
        **policy,
        "lambda_timeout": 900,
        **network,
    }
    assert "+ prod: long_worker: lambda_timeout = 900\n" in said


def test_the_time_that_a_team_gives_the_long_worker_is_left_as_it_is(files: Files) -> None:
    config = files.read("config.json")
    config["lambda_functions"] = {"long_worker": {"lambda_timeout": 600}}
    del config["stages"]["prod"]["lambda_functions"]["long_worker"]["lambda_timeout"]
    files.write("config.json", config)
    assert upgraded() == ""


def test_a_policy_that_is_not_json_is_named(files: Files) -> None:
    (files.folder / "policy-dev-door.json").write_text("{")
    result = ops("upgrade")
    assert result.exit_code == 1
    assert "policy-dev-door.json is not JSON" in result.stderr

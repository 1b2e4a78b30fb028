"""A new stage is another one, renamed."""

import json
from pathlib import Path
from typing import Any

import pytest

from ops import stages
from ops.stages import StageError
from tests.project import configure


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with the stages dev and prod."""
    configure(tmp_path)
    return tmp_path


def contents(project: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in (project / ".chalice").iterdir()}


def config(project: Path) -> Any:
    return json.loads((project / ".chalice" / "config.json").read_text())


def change(project: Path, **settings: Any) -> None:
    """Gives prod's worker `settings` that Chalice knows."""
    changed = config(project)
    changed["stages"]["prod"]["lambda_functions"]["worker"] |= settings
    write(project, changed)


def write(project: Path, settings: Any) -> None:
    text = json.dumps(settings, indent=2, ensure_ascii=False) + "\n"
    (project / ".chalice" / "config.json").write_text(text)


@pytest.mark.parametrize("like", ["dev", "prod"])
def test_a_new_stage_differs_from_the_copied_one_in_its_name_alone(
    project: Path, like: str
) -> None:
    before = contents(project)
    stages.copy("second", like, project)
    after = contents(project)
    for name in ("door", "worker", "long_worker"):
        policy = after[f"policy-second-{name}.json"]
        assert like not in policy
        assert policy.replace("second", like) == before[f"policy-{like}-{name}.json"]
    made = json.dumps(config(project)["stages"]["second"])
    assert json.loads(made.replace("second", like)) == config(project)["stages"][like]
    assert like not in made


def test_what_was_there_stays_as_it_was(project: Path) -> None:
    before, known = contents(project), config(project)["stages"]
    stages.copy("second", "prod", project)
    after = contents(project)
    assert {name: after[name] for name in before if name != "config.json"} == {
        name: text for name, text in before.items() if name != "config.json"
    }
    made = config(project)["stages"]
    del made["second"]
    assert made == known


def test_it_names_the_files_that_it_wrote_and_the_configuration_last(project: Path) -> None:
    written = [path.name for path in stages.copy("second", "prod", project)]
    names = ("door", "worker", "long_worker", "wechat_caller")
    assert written == [*(f"policy-second-{name}.json" for name in names), "config.json"]


def test_the_files_are_written_as_people_keep_them(project: Path) -> None:
    stages.copy("second", "prod", project)
    assert all(
        text == json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"
        for text in contents(project).values()
    )


def test_the_network_of_the_copied_stage_stays_its_own(project: Path) -> None:
    change(project, subnet_ids=["subnet-1"], security_group_ids=["sg-1"])
    shared = config(project)
    shared["stages"]["prod"]["fixed_exit_of"] = "dev"
    write(project, shared)
    stages.copy("second", "prod", project)
    second = config(project)["stages"]["second"]
    assert "fixed_exit_of" not in second
    worker = second["lambda_functions"]["worker"]
    assert worker == {"iam_policy_file": "policy-second-worker.json"}


def test_the_address_of_the_copied_site_stays_its_own(project: Path) -> None:
    changed = config(project)
    sites = {"PUBLIC_URL": "https://prod.example", "RETURN_URLS": "https://shop.example/"}
    changed["stages"]["prod"]["environment_variables"] |= sites
    write(project, changed)
    stages.copy("second", "prod", project)
    made = config(project)["stages"]
    assert not made["second"]["environment_variables"].keys() & sites.keys()
    assert made["prod"]["environment_variables"].keys() >= sites.keys()


def test_only_names_of_ours_are_renamed(project: Path) -> None:
    change(project, tags={"team": "production", "who": "prod-people"})
    stages.copy("second", "prod", project)
    worker = config(project)["stages"]["second"]["lambda_functions"]["worker"]
    assert worker["tags"] == {"team": "production", "who": "prod-people"}


@pytest.mark.parametrize(
    ("new", "like", "said"),
    [
        ("dev", "prod", "dev exists already"),
        ("prod-worker", "prod", "share names"),
        ("prod-exit", "prod", "share names"),
        ("second", "staging", "there are: dev, prod"),
        ("Second", "prod", "a letter first"),
        ("second\n", "prod", "a letter first"),
        ("../second", "prod", "a letter first"),
        ("a" * 32, "prod", "up to 31"),
    ],
)
def test_a_stage_that_cannot_be_is_refused_and_nothing_is_written(
    project: Path, new: str, like: str, said: str
) -> None:
    before = contents(project)
    with pytest.raises(StageError, match=said):
        stages.copy(new, like, project)
    assert contents(project) == before


def test_a_policy_that_lies_there_is_not_overwritten(project: Path) -> None:
    (project / ".chalice" / "policy-second-worker.json").write_text("mine")
    before = contents(project)
    with pytest.raises(StageError, match=r"policy-second-worker\.json exists already"):
        stages.copy("second", "prod", project)
    assert contents(project) == before

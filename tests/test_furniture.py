"""What GitHub reads in the project: CI runs on the Pythons that we support."""

import re
from typing import Any

import botocore.session
import yaml

from tests.documents import PROJECT, text

GITHUB = PROJECT / ".github"


def read(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((GITHUB / name).read_text(encoding="utf-8"))
    return loaded


def test_ci_runs_on_the_oldest_python_and_on_one_of_lambdas() -> None:
    job = read("workflows/ci.yml")["jobs"]["check"]
    oldest, newest = job["strategy"]["matrix"]["python"]
    (needed,) = re.findall(r"sys\.version_info < \((\d), (\d+)\)", text("Makefile"))
    assert oldest == ".".join(needed)
    lambdas = botocore.session.get_session().get_service_model("lambda").shape_for("Runtime")
    assert f"python{newest}" in lambdas.metadata["enum"]
    assert any(step.get("run") == ".ci/run" for step in job["steps"])


def test_dependabot_looks_where_libraries_are_named() -> None:
    pip, actions = read("dependabot.yml")["updates"]
    named = {path.parent for path in PROJECT.glob("requirements*.txt")}
    named |= {path.parent for path in PROJECT.glob("chalicelib/requirements*.txt")}
    assert {PROJECT / each.lstrip("/") for each in pip["directories"]} == named
    assert actions["package-ecosystem"] == "github-actions"


def test_each_form_for_issues_asks_for_something() -> None:
    forms = [path.name for path in (GITHUB / "ISSUE_TEMPLATE").glob("*.yml")]
    asking = [name for name in forms if name != "config.yml"]
    assert len(asking) == 2
    for name in asking:
        body = read(f"ISSUE_TEMPLATE/{name}")["body"]
        assert any(each.get("validations", {}).get("required") for each in body)

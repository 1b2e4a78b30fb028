"""A stage as its files describe it: what CloudFormation would make, what Chalice would deploy."""

import json
import os
import runpy
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest import mock

from chalice.cli.factory import CLIFactory
from chalice.config import Config
from chalice.deploy.appgraph import ApplicationGraphBuilder
from chalice.deploy.models import LambdaFunction, RestAPI, SQSEventSource

from ops import quiet
from ops.policies import Statement, is_own
from ops.target import Target
from tests.project import HANDLERS, PROJECT, SAMPLE_ACCOUNT, sample_project

RESOURCES = PROJECT / "ops" / "resources.yaml"
FIXED_EXIT = PROJECT / "ops" / "fixed_exit.yaml"
CODE = {
    path: path.read_text()
    for path in (PROJECT / "chalicelib").rglob("*.py")
    if not path.is_relative_to(HANDLERS)
}
DOOR, WORKER, LONG_WORKER, CALLER = "api_handler", "worker", "long_worker", "wechat_caller"
WORKERS = (WORKER, LONG_WORKER)
AT_EXIT = (*WORKERS, CALLER)
"""The functions, as Chalice calls them."""
QUEUES = {WORKER: "Jobs", LONG_WORKER: "LongJobs"}
"""The resource from which each worker gets its jobs."""


@cache
def template(path: Path) -> Any:
    """What cfn-lint reads, which not every process that collects tests has to import."""
    return import_module("cfnlint.decode.cfn_yaml").load(str(path))


@dataclass(frozen=True)
class Stage:
    """The stage `name`."""

    name: str

    @cached_property
    def resources(self) -> dict[str, Any]:
        """The properties and attributes of each resource, with all conditions decided."""
        found = template(RESOURCES)
        hours = str(quiet.hours(Target(self.name, sample_project())))
        values = {"Stage": self.name, "AlarmEmail": "", "HoursWithoutPushes": hours}
        conditions = {
            name: _decided(each, values, {}) for name, each in found["Conditions"].items()
        }
        return {
            name: _decided({**each.get("Properties", {}), **each}, values, conditions)
            for name, each in found["Resources"].items()
            if conditions.get(each.get("Condition"), True)
        }

    @cached_property
    def environment(self) -> dict[str, str]:
        return self._settings("api_handler").environment_variables

    @property
    def functions(self) -> dict[str, LambdaFunction]:
        """What Chalice would deploy, by their names in its configuration."""
        doing_jobs = [each.lambda_function for each in self.event_sources.values()]
        called = [each for each in self._deployed if isinstance(each, LambdaFunction)]
        functions = (self.api.lambda_function, *doing_jobs, *called)
        return {each.resource_name: each for each in functions}

    @property
    def api(self) -> RestAPI:
        return next(each for each in self._deployed if isinstance(each, RestAPI))

    @property
    def event_sources(self) -> dict[str, SQSEventSource]:
        """Where jobs come from, by the function that does them."""
        found = [each for each in self._deployed if isinstance(each, SQSEventSource)]
        return {each.lambda_function.resource_name: each for each in found}

    def queue(self, worker: str) -> Any:
        """The queue in the template from which a function gets its jobs."""
        return self.resources[QUEUES[worker]]

    @cached_property
    def _deployed(self) -> list[Any]:
        with mock.patch.dict(os.environ, self.environment):
            app = runpy.run_path(str(SAMPLE_ACCOUNT / "app.py"))["app"]
        given = {"chalice_app": app, "project_dir": str(sample_project())}
        settings = Config(
            self.name,
            user_provided_params=given,
            config_from_disk=self._settings("api_handler").config_from_disk,
            default_params={"api_gateway_stage": "api"},
        )
        return list(ApplicationGraphBuilder().build(settings, self.name).resources)

    def _settings(self, function: str) -> Config:
        chalice = CLIFactory(str(sample_project()))
        return chalice.create_config_obj(self.name).scope(self.name, function)

    def statements(self, function: str) -> list[Statement]:
        """The framework's statements in the policy that Chalice would give a function's role."""
        role: Any = self.functions[function].role
        policy = json.loads(Path(role.policy.filename).read_text())
        return [each for each in policy["Statement"] if not is_own(each)]

    def allowed(self, function: str) -> set[tuple[str, str]]:
        """Each action and the ARN it is allowed on."""
        return {
            (action, arn)
            for statement in self.statements(function)
            if statement["Effect"] == "Allow"
            for action in statement["Action"]
            for arn in statement["Resource"]
        }


@cache
def stage(name: str) -> Stage:
    return Stage(name)


def _decided(value: Any, values: Mapping[str, str], conditions: Mapping[str, bool]) -> Any:
    """`value` with those functions of CloudFormation done that a file alone can do."""
    match value:
        case {"Ref": str(name)} if name in values:
            return values[name]
        case {"Fn::Sub": str(text)}:
            return text.replace("${Stage}", values["Stage"])
        case {"Fn::Equals": [one, other]}:
            return _decided(one, values, conditions) == _decided(other, values, conditions)
        case {"Fn::Not": [one]}:
            return not _decided(one, values, conditions)
        case {"Fn::If": [name, one, other]}:
            return _decided(one if conditions[name] else other, values, conditions)
        case dict():
            return {key: _decided(each, values, conditions) for key, each in value.items()}
        case list():
            return [_decided(each, values, conditions) for each in value]
        case _:
            return value

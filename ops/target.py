"""The stage that a command works on, as .chalice/config.json describes it."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from chalicelib.config import Config, ConfigError, read

from . import local_run
from .errors import Failed

APP = "wechalice"
WORKER, LONG_WORKER = WORKERS = ("worker", "long_worker")
"""The functions that do jobs, as Chalice calls them."""
CALLER = "wechat_caller"
AT_EXIT = (*WORKERS, CALLER)
"""The functions that call WeChat, hence from its fixed exit."""


class JobQueue(NamedTuple):
    """A queue, its dead-letter queue, and the function that does its jobs."""

    name: str
    dead_letters: str
    worker: str


class UnknownStage(Failed):
    """The configuration has no such stage."""


@dataclass(frozen=True, slots=True)
class Target:
    """A stage of the project in a folder. Its properties read the file each time."""

    stage: str
    project: Path

    @property
    def is_production(self) -> bool:
        """True for every stage but dev, because users may rely on it."""
        return self.stage != "dev"

    @property
    def stack(self) -> str:
        return f"{APP}-{self.stage}"

    @property
    def exit_stack(self) -> str:
        return f"{APP}-{self.stage}-exit"

    @property
    def door(self) -> str:
        """The function behind the routes, as Chalice names it."""
        return f"{APP}-{self.stage}"

    def function(self, name: str) -> str:
        """Any other function, as AWS knows it."""
        return f"{APP}-{self.stage}-{name}"

    @property
    def queues(self) -> tuple[JobQueue, ...]:
        """Those of jobs. Raises Failed."""
        names = (self.settings.jobs_queue, self.settings.long_queue)
        return tuple(
            JobQueue(name, f"{name.removesuffix('.fifo')}-dead.fifo", worker)
            for name, worker in zip(names, WORKERS, strict=True)
        )

    @property
    def config_file(self) -> Path:
        return self.project / ".chalice" / "config.json"

    @property
    def config(self) -> Mapping[str, Any]:
        """The whole configuration file. Raises Failed."""
        return read_config(self.config_file)

    @property
    def stage_config(self) -> Mapping[str, Any]:
        """The stage's part of it. Raises UnknownStage, Failed."""
        stages = self.config.get("stages", {})
        if self.stage not in stages:
            known = ", ".join(sorted(stages)) or "none"
            raise UnknownStage(
                f"{self.config_file} describes no stage {self.stage} (it has: {known}); "
                f"make it with `python -m ops stage {self.stage}`."
            )
        described: Mapping[str, Any] = stages[self.stage]
        return described

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables of its functions, as the file has them. Raises Failed."""
        return {
            **self.config.get("environment_variables", {}),
            **self.stage_config.get("environment_variables", {}),
        }

    @property
    def settings(self) -> Config:
        """The settings of the stage's functions. Raises Failed.

        WeChat's API and the site are those of `make run`, if AWS is; WECHAT_API_URL in our own
        environment overrides both.
        """
        variables = {"STAGE": self.stage, **self.environment}
        if run := local_run.addresses(self.project):
            variables |= {"WECHAT_API_URL": run.wechat, "PUBLIC_URL": run.site}
        if url := os.environ.get("WECHAT_API_URL"):
            variables["WECHAT_API_URL"] = url
        try:
            return read(variables)
        except ConfigError as error:
            raise Failed(f"{self.config_file}: {error}.") from None

    def function_setting(self, function: str, name: str, default: Any = None) -> Any:
        """A setting of a function, from the same places from which Chalice takes it."""
        places = [
            self.stage_config.get("lambda_functions", {}).get(function, {}),
            self.stage_config,
            self.config.get("lambda_functions", {}).get(function, {}),
            self.config,
        ]
        return next((place[name] for place in places if name in place), default)


def read_config(file: Path) -> dict[str, Any]:
    """Chalice's configuration. Raises Failed."""
    try:
        config: dict[str, Any] = json.loads(file.read_text())
    except FileNotFoundError:
        raise Failed(f"There is no {file}: run this in the project's folder.") from None
    except ValueError as error:
        raise Failed(f"{file} is not JSON: {error}. Fix it, or restore it.") from None
    if not isinstance(config, dict):
        raise Failed(f"{file} is no configuration of Chalice: restore it from version control.")
    return config


def write_config(file: Path, config: Mapping[str, Any]) -> None:
    """Replaces the file at once, so that nobody reads half of it."""
    new = file.with_suffix(".new")
    new.write_text(json.dumps(config, indent=2, ensure_ascii=False) + "\n")
    new.replace(file)

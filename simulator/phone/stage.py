"""The stage that `make run` runs, from the configuration in this directory."""

import json
from collections.abc import Mapping
from pathlib import Path


def settings(name: str = "dev") -> dict[str, str]:
    """The environment variables of a stage, or none if there is no project here."""
    try:
        config = json.loads(Path(".chalice/config.json").read_text())
        variables = config["stages"][name]["environment_variables"]
    except (OSError, ValueError, LookupError, TypeError):
        return {}
    return {name: str(value) for name, value in variables.items()}


def state_table(settings: Mapping[str, str]) -> str:
    return settings.get("STATE_TABLE", f"wechalice-{settings.get('STAGE', 'dev')}-state")

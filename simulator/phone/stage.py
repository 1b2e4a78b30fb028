"""The stage that `make run` runs, as it is written in the project in this directory."""

import json
from pathlib import Path


def settings(name: str = "dev") -> dict[str, str]:
    """The environment of a stage; empty where there is no project."""
    try:
        config = json.loads(Path(".chalice/config.json").read_text())
        variables = config["stages"][name]["environment_variables"]
    except (OSError, ValueError, LookupError, TypeError):
        return {}
    return {name: str(value) for name, value in variables.items()}

"""The configuration of a stage that is deployed to an AWS on this machine."""

import json
import platform
from pathlib import Path

_ARCHITECTURES = {"aarch64": "arm64", "arm64": "arm64"}


def architecture(machine: str) -> str:
    """Lambda's name for the architecture that `uname -m` calls `machine`."""
    return _ARCHITECTURES.get(machine, "x86_64")


def configure(project: Path, stage: str, **variables: str) -> None:
    """Builds the functions of a stage for this machine and gives them `variables`.

    What is on this machine belongs to no account of AWS.
    """
    file = project / ".chalice" / "config.json"
    config = json.loads(file.read_text())
    settings = config["stages"][stage]
    settings["lambda_architecture"] = architecture(platform.machine())
    settings["environment_variables"].update(variables)
    settings.pop("account", None)
    file.write_text(json.dumps(config, indent=2, ensure_ascii=False) + "\n")

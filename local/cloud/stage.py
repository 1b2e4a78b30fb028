"""A stage as it is configured where it is deployed to an AWS on this machine."""

import json
import platform
from pathlib import Path

_ARCHITECTURES = {"aarch64": "arm64", "arm64": "arm64"}


def architecture(machine: str) -> str:
    """What Lambda calls the functions that run on such a machine, named as `uname -m` names it."""
    return _ARCHITECTURES.get(machine, "x86_64")


def configure(project: Path, stage: str, **variables: str) -> None:
    """Has the functions of a stage built for this machine, and tells them `variables`."""
    file = project / ".chalice" / "config.json"
    config = json.loads(file.read_text())
    described = config["stages"][stage]
    described["lambda_architecture"] = architecture(platform.machine())
    described["environment_variables"].update(variables)
    file.write_text(json.dumps(config, indent=2, ensure_ascii=False) + "\n")

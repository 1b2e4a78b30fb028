"""The project as Chalice reads it, without its command line, which takes longer to import."""

import importlib
import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

from chalice.app import Chalice
from chalice.config import Config
from chalice.constants import DEFAULT_APIGATEWAY_STAGE_NAME, DEFAULT_ENDPOINT_TYPE

_DEFAULTS = {
    "api_gateway_stage": DEFAULT_APIGATEWAY_STAGE_NAME,
    "api_gateway_endpoint_type": DEFAULT_ENDPOINT_TYPE,
    "autogen_policy": True,
}


def configuration(project: Path, stage: str) -> Config:
    """What `project` says of `stage`; its app.py is imported once somebody asks for the app.

    Raises ValueError if `.chalice/config.json` is no JSON.
    """
    path = project.resolve()
    return Config(
        stage,
        user_provided_params={"chalice_app": partial(_app, path)},
        config_from_disk=_from_disk(project / ".chalice" / "config.json"),
        default_params={**_DEFAULTS, "project_dir": str(path)},
    )


def _from_disk(file: Path) -> Any:
    try:
        return json.loads(file.read_text("utf-8"))
    except ValueError as error:
        raise ValueError(f"{file}: {error}") from None


def _app(project: Path) -> Chalice:
    if str(project) not in sys.path:
        sys.path.insert(0, str(project))
    vendor = project / "vendor"  # which ships beside app.py
    if vendor.is_dir() and str(vendor) not in sys.path:
        sys.path.append(str(vendor))
    app: Chalice = importlib.import_module("app").app
    return app

"""The project in the working directory, as Chalice loads it."""

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chalice.config import Config
from chalice.deploy.validate import validate_feature_flags

from simulator import chalice_project
from simulator.controls import Controls

_SENTENCES = ("RouteError", "ConfigError")
"""Exceptions whose message says where the mistake is and what to write instead."""


def load(stage: str) -> Config:
    """Its configuration for `stage`, with app.py imported in the stage's environment.

    Our own environment overrides the stage's, because WeChat's API is on this machine. The
    settings that were chosen on the phone's page override both.
    """
    config = chalice_project.configuration(Path(), stage)
    chosen = Controls.load().settings
    os.environ.update({**config.environment_variables, **os.environ, **chosen})
    validate_feature_flags(config.chalice_app)
    return config


@contextmanager
def problems_shown() -> Iterator[None]:
    """Ends the process with a short message if the `with` block cannot load the project."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - an imported file may raise anything
        sys.exit(_summary(error))


def _summary(error: Exception) -> str:
    """What the author of the project needs to know: where the error is, and what it says."""
    if type(error).__name__ in _SENTENCES:
        return f"{type(error).__name__}: {error}"
    frames = traceback.extract_tb(error.__traceback__)
    ours = [each for each in frames if _is_in("chalicelib", each) or _is_in("app.py", each)]
    handlers = [each for each in ours if _is_in("chalicelib/handlers", each)]
    lines = traceback.format_list(handlers or ours) + traceback.format_exception_only(error)
    return "".join(lines).rstrip()


def _is_in(place: str, frame: traceback.FrameSummary) -> bool:
    return Path(frame.filename).is_relative_to(Path.cwd() / place)

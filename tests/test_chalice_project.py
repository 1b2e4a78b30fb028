"""The project is read as Chalice's own command line reads it."""

import pytest
from chalice.cli.factory import CLIFactory
from chalice.config import Config

from ops import policies
from simulator import chalice_project
from tests.project import PROJECT

SETTINGS = (
    "api_gateway_custom_domain",
    "api_gateway_endpoint_type",
    "api_gateway_stage",
    "app_name",
    "autogen_policy",
    "automatic_layer",
    "chalice_stage",
    "environment_variables",
    "lambda_memory_size",
    "lambda_python_version",
    "lambda_timeout",
    "minimum_compression_size",
    "project_dir",
    "reserved_concurrency",
    "tags",
)


@pytest.mark.parametrize("stage", ["dev", "prod"])
@pytest.mark.parametrize("function", policies.NAMES)
def test_a_function_has_the_settings_that_chalice_gives_it(stage: str, function: str) -> None:
    def settings(config: Config) -> dict[str, object]:
        of_function = config.scope(stage, function)
        return {name: getattr(of_function, name) for name in SETTINGS}

    ours = settings(chalice_project.configuration(PROJECT, stage))
    assert ours == settings(CLIFactory(str(PROJECT)).create_config_obj(stage))

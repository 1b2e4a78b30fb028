"""`python -m ops.app_functions PROJECT STAGE`: the functions that Chalice would deploy, as JSON.

It imports the project's app.py, hence runs in a process of its own, and knows Chalice alone.
"""

import json
import sys
from pathlib import Path

from chalice.deploy.appgraph import ApplicationGraphBuilder, DependencyBuilder
from chalice.deploy.models import LambdaFunction

from simulator import chalice_project


def names(project: str, stage: str) -> list[str]:
    """As Chalice calls them, and `.chalice/config.json`."""
    config = chalice_project.configuration(Path(project), stage)
    application = ApplicationGraphBuilder().build(config, stage)
    models = DependencyBuilder().build_dependencies(application)
    return [each.resource_name for each in models if isinstance(each, LambdaFunction)]


if __name__ == "__main__":
    print(json.dumps(names(*sys.argv[1:])))

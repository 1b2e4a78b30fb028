"""AWS and a custom domain at one port of this machine, each under its own name."""

import importlib.util
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from local import environment
from local.processes import Child

_SERVICES = (
    "apigateway,cloudformation,cloudwatch,dynamodb,events,iam,lambda,logs,s3,sns,sqs,ssm,sts"
)
_PACKAGES = ("boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3")
"""The packages that Lambda's Python has."""
_RUNTIME = Path(__file__).parent / "lambda_runtime"


def site(port: int) -> str:
    """The URL of the domain that leads to the deployed API."""
    return f"http://{environment.HOST}:{port}"


def isolated(variables: Mapping[str, str], port: int) -> dict[str, str]:
    """`variables`, changed so that programs find AWS at `port` and nowhere else."""
    names = f"localhost,{environment.HOST}"
    return {
        **environment.isolated(variables, f"http://localhost:{port}"),
        "NO_PROXY": names,
        "no_proxy": names,
    }


def child(port: int, directory: Path, program: str = "local.cloud.emulator") -> Child:
    """The emulator, not started yet. It writes to `directory` and forgets its state at the end."""
    settings = {
        **{name: value for name, value in isolated({}, port).items() if name.startswith("AWS_")},
        "PATH": os.environ.get("PATH", os.defpath),
        "TMPDIR": str(directory),
        "STATE_DIR": str(directory),
        "BIND_HOST": environment.HOST,
        "GATEWAY_PORT": str(port),
        "LOG_LEVEL": "WARNING",
        "SERVICES": _SERVICES,
        "AUTH": "true",
        # Otherwise it opens another port, and removes containers from the user's Docker.
        "IOT_MTLS_ENABLED": "0",
        "DOCKER_HOST": f"unix://{directory}/no-docker.sock",
        # For the functions, which inherit these variables.
        "PYTHONPATH": str(_RUNTIME),
        "LAMBDA_PACKAGES": str(_lambda_packages(directory / "packages")),
    }
    command = [sys.executable, "-m", program]
    return Child("MiniStack", command, settings, log=directory / "ministack.log")


def _lambda_packages(directory: Path) -> Path:
    directory.mkdir(parents=True)
    for name in _PACKAGES:
        spec = importlib.util.find_spec(name)
        assert spec is not None  # noqa: S101 - requirements-run.txt names them
        assert spec.origin is not None  # noqa: S101
        file = Path(spec.origin)
        found = file.parent if file.stem == "__init__" else file
        (directory / found.name).symlink_to(found)
    return directory

"""AWS and a domain of one's own, at one port of this machine: a name for each."""

import importlib.util
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from local import environment
from local.processes import Child

_SERVICES = "apigateway,cloudformation,cloudwatch,dynamodb,iam,lambda,logs,s3,sns,sqs,ssm,sts"
_PACKAGES = ("boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3")
"""What Lambda's Python brings."""
_RUNTIME = Path(__file__).parent / "lambda_runtime"


def site(port: int) -> str:
    """Where the domain is to which an API is given."""
    return f"http://{environment.HOST}:{port}"


def isolated(variables: Mapping[str, str], port: int) -> dict[str, str]:
    """`variables`, by which programs find AWS at `port` and nowhere else."""
    names = f"localhost,{environment.HOST}"
    return {
        **environment.isolated(variables, f"http://localhost:{port}"),
        "NO_PROXY": names,
        "no_proxy": names,
    }


def child(port: int, directory: Path) -> Child:
    """It, not started yet; what it writes is in `directory`, and forgotten when it ends."""
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
        # It would open a port of its own, and tidy up in the user's Docker.
        "IOT_MTLS_ENABLED": "0",
        "DOCKER_HOST": f"unix://{directory}/no-docker.sock",
        # For the functions, which inherit all this.
        "PYTHONPATH": str(_RUNTIME),
        "LAMBDA_PACKAGES": str(_with_what_lambda_brings(directory / "packages")),
    }
    command = [sys.executable, "-m", "local.cloud.emulator"]
    return Child("MiniStack", command, settings, log=directory / "ministack.log")


def _with_what_lambda_brings(directory: Path) -> Path:
    directory.mkdir(parents=True)
    for name in _PACKAGES:
        spec = importlib.util.find_spec(name)
        assert spec is not None  # noqa: S101 - requirements-dev.txt names them
        assert spec.origin is not None  # noqa: S101
        file = Path(spec.origin)
        found = file.parent if file.stem == "__init__" else file
        (directory / found.name).symlink_to(found)
    return directory

"""AWS on loopback: MiniStack, which keeps its state in a directory.

Like AWS, it runs the functions that it is given, but here without a sandbox. So it has only the
services that we use, and LAMBDA_STRICT: a function would need Docker, which it does not find.
`aws.py` keeps web pages out.
"""

import os
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from .environment import HOST
from .processes import Child, wait_until

UNRECEIVE = "/_wechalice/unreceive"
"""The path of what `unreceive` asks."""

SERVICES = "cloudformation,cloudwatch,dynamodb,logs,s3,sns,sqs,ssm,sts"

_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_direct.addheaders = [("Authorization", "AWS4-HMAC-SHA256")]


def endpoint(port: int) -> str:
    return f"http://{HOST}:{port}"


def child(
    port: int, directory: Path, services: str = SERVICES, program: str = "local.aws"
) -> Child:
    """MiniStack, not started yet. It saves its state in `directory` when it ends."""
    directory.mkdir(parents=True, exist_ok=True)
    settings = {
        "PATH": os.environ.get("PATH", os.defpath),
        "TMPDIR": str(directory),
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "PERSIST_STATE": "1",
        "STATE_DIR": str(directory),
        "LOG_LEVEL": "WARNING",
        "SERVICES": services,
        "LAMBDA_STRICT": "1",
        # Otherwise it opens another port, and removes containers from the user's Docker.
        "IOT_MTLS_ENABLED": "0",
        "DOCKER_HOST": f"unix://{directory}/no-docker.sock",
    }
    command = [sys.executable, "-m", program]
    return Child("MiniStack", command, settings, log=directory / "ministack.log")


def ready(port: int) -> bool:
    """Whether it serves requests."""
    try:
        with _direct.open(f"{endpoint(port)}/_ministack/health", timeout=1) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def unreceive(endpoint: str, receipt: str) -> None:
    """Puts a job back into its queue as if it had not been received. Raises OSError.

    SQS counts each receive as a try. Here it is known that a job was not at fault.
    """
    _direct.open(f"{endpoint}{UNRECEIVE}?{receipt}", data=b"", timeout=1).close()


@contextmanager
def running(
    port: int, directory: Path, services: str = SERVICES, program: str = "local.aws"
) -> Iterator[str]:
    """The endpoint URL of a MiniStack that serves requests within the `with` block."""
    with child(port, directory, services, program) as process:
        wait_until(lambda: ready(port), process, Event())
        yield endpoint(port)

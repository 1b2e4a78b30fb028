"""`make run`: whether AWS_ENDPOINT_URL leads to its AWS, and what it has told that it serves."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from simulator.addresses import FILE, Addresses

_HOSTS = ("127.0.0.1", "localhost")


def addresses(project: Path) -> Addresses | None:
    """What the `make run` in this folder serves; None if commands go to another AWS."""
    endpoint = urlsplit(os.environ.get("AWS_ENDPOINT_URL", ""))
    run = Addresses.load(project / FILE)
    there = endpoint.hostname in _HOSTS and endpoint.port == run.aws_port
    return run if there else None


def variables(project: Path) -> str:
    """What to type so that commands go to its AWS; empty if there was none in this folder."""
    port = Addresses.load(project / FILE).aws_port
    if not port:
        return ""
    region, key = "us-east-1", "local"
    return (
        f"export AWS_ENDPOINT_URL=http://{_HOSTS[0]}:{port} AWS_REGION={region} "
        f"AWS_DEFAULT_REGION={region} AWS_ACCESS_KEY_ID={key} AWS_SECRET_ACCESS_KEY={key}"
    )

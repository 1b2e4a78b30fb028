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

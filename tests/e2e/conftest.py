"""One deployment for all tests of it, because it takes a while."""

import logging
from collections.abc import Iterator

import pytest

from tests.e2e.deployment import Deployment, deployed

# After a test that failed, it would hide everything else.
logging.getLogger("httpx").setLevel(logging.WARNING)


@pytest.fixture(scope="session")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    with deployed(tmp_path_factory.mktemp("e2e")) as made:
        yield made

"""The page's server, for an account that always gives the same answer."""

from collections.abc import Iterator

import httpx
import pytest

from chalicelib.wechat.replies import Text
from tests.backends import Backend, backend, replying
from tests.phone.client import ACCOUNT, phone_for


@pytest.fixture
def server() -> Iterator[Backend]:
    with backend(replying(ACCOUNT, Text("你也好"))) as running:
        yield running


@pytest.fixture
def phone(server: Backend) -> Iterator[httpx.Client]:
    with phone_for(server) as client:
        yield client

"""A door with a conversation, and a slow model beside it that answers any other text."""

import pytest

from chalicelib.config import LateAnswers
from chalicelib.wechat.envelopes import Mode
from tests.conftest import OpenDoor
from tests.conversations.account import routes
from tests.door import Door


@pytest.fixture
def door(open_door: OpenDoor) -> Door:
    return open_door(Mode.PLAINTEXT, routes)


@pytest.fixture
def passive(open_door: OpenDoor) -> Door:
    return open_door(Mode.PLAINTEXT, routes, LateAnswers.PASSIVE)

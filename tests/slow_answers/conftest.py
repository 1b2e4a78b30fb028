"""A door with slow routes, for an account with the API and for one without."""

import pytest

from chalicelib.config import LateAnswers
from chalicelib.wechat.envelopes import Mode
from tests.conftest import OpenDoor
from tests.door import Door
from tests.slow_routes import routes


@pytest.fixture
def door(open_door: OpenDoor) -> Door:
    door = open_door(Mode.PLAINTEXT)
    door.routes = routes(door.clock.sleep)
    door.process()
    return door


@pytest.fixture
def passive(open_door: OpenDoor) -> Door:
    door = open_door(Mode.PLAINTEXT, late_answers=LateAnswers.PASSIVE)
    door.routes = routes(door.clock.sleep)
    door.process()
    return door

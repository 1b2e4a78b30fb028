"""A browser at the door, with WeChat's side and the tables in memory."""

import pytest

from tests.conftest import OpenDoor
from tests.door import Door
from tests.visitors import Browser, People


@pytest.fixture
def door(open_door: OpenDoor) -> Door:
    return open_door()


@pytest.fixture
def people(door: Door) -> People:
    return People(door)


@pytest.fixture
def browser(door: Door) -> Browser:
    return Browser()

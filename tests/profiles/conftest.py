"""The account at a door, with one user who has consented."""

import pytest

from tests.conftest import OpenDoor
from tests.door import Door
from tests.profiles.account import MING, known, routes
from tests.visitors import Browser, People


@pytest.fixture
def door(open_door: OpenDoor) -> Door:
    known.clear()
    return open_door(routes=routes)


@pytest.fixture
def people(door: Door) -> People:
    """MING among them has consented."""
    people = People(door)
    Browser().sign_in(people, MING)
    door.clock.sleep(10)
    return people


@pytest.fixture(autouse=True)
def named() -> None:
    MING.nickname = "小明"

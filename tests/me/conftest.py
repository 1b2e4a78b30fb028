"""A browser at the door, signed in."""

import pytest

from tests.conftest import OpenDoor
from tests.door import Door
from tests.me.visitor import MING
from tests.visitors import Browser, People


@pytest.fixture
def door(open_door: OpenDoor) -> Door:
    return open_door()


@pytest.fixture
def people(door: Door) -> People:
    return People(door)


@pytest.fixture
def browser(door: Door, people: People) -> Browser:
    """One in which MING is signed in."""
    browser = Browser()
    browser.sign_in(people, MING)
    return browser

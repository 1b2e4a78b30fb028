"""Profiles, in DynamoDB and in memory."""

import pytest

from chalicelib.ports import ProfileTable
from chalicelib.users.profiles import Profiles
from tests.contract.profiles.values import NOW
from tests.dynamodb import profiles_table
from tests.fakes import Clock, FakeProfileTable


@pytest.fixture(params=[FakeProfileTable, profiles_table])
def table(request: pytest.FixtureRequest, aws: str) -> ProfileTable:
    made: ProfileTable = request.param()
    return made


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def profiles(table: ProfileTable, clock: Clock) -> Profiles:
    return Profiles(table, clock)

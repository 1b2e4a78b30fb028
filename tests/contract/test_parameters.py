"""What SSM and its fake have in common."""

import uuid
from collections.abc import Callable
from typing import Protocol

import boto3
import pytest

from chalicelib.adapters.ssm import SsmParameters
from chalicelib.credentials.history import Histories
from chalicelib.ports import Parameters, Unavailable
from tests.fakes import Clock, FakeParameters

Put = Callable[[str, str], None]


class Store(Protocol):
    """Parameters and the way to write them."""

    parameters: Parameters

    def put(self, name: str, value: str) -> None: ...


class Fake:
    def __init__(self) -> None:
        self.parameters = FakeParameters(Clock(1_700_000_000))
        self.put = self.parameters.put


class Ssm:
    def __init__(self) -> None:
        self._path = f"/wechalice/{uuid.uuid4().hex}"
        self._client = boto3.client("ssm")
        self.parameters = SsmParameters(self._path)

    def put(self, name: str, value: str) -> None:
        self._client.put_parameter(
            Name=f"{self._path}/{name}", Value=value, Type="SecureString", Overwrite=True
        )


@pytest.fixture(params=[Fake, Ssm])
def store(request: pytest.FixtureRequest, aws: str) -> Store:
    made: Store = request.param()
    return made


def test_the_current_version_is_read_by_name(store: Store) -> None:
    store.put("token", "one")
    store.put("token", "two")
    (found,) = store.parameters.read(["token"])
    assert (found.name, found.version, found.value) == ("token", 2, "two")


def test_an_older_version_is_read_by_its_number(store: Store) -> None:
    store.put("token", "one")
    store.put("token", "two")
    (found,) = store.parameters.read(["token:1"])
    assert (found.name, found.version, found.value) == ("token", 1, "one")


def test_the_same_value_makes_a_new_version(store: Store) -> None:
    store.put("token", "one")
    store.put("token", "one")
    assert store.parameters.read(["token"])[0].version == 2


def test_unknown_names_and_versions_are_left_out(store: Store) -> None:
    store.put("token", "one")
    found = store.parameters.read(["app-id", "token", "token:7"])
    assert [each.name for each in found] == ["token"]


def test_versions_are_no_younger_than_the_ones_after_them(store: Store) -> None:
    store.put("token", "one")
    store.put("token", "two")
    (old,), (new,) = store.parameters.read(["token:1"]), store.parameters.read(["token"])
    assert 1_600_000_000 < old.modified <= new.modified


def test_a_value_is_not_shown_by_repr(store: Store) -> None:
    store.put("token", "hush")
    assert "hush" not in repr(store.parameters.read(["token"]))


def test_an_ssm_out_of_reach_is_unavailable(monkeypatch: pytest.MonkeyPatch, aws: str) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with pytest.raises(Unavailable, match="EndpointConnectionError"):
        SsmParameters("/wechalice/dev").read(["token"])


def test_the_versions_that_count_are_read_from_either(store: Store) -> None:
    for value in ("one", "two", "three"):
        store.put("token", value)
    store.put("app-id", "wx1")
    (newest,) = store.parameters.read(["token"])
    graces = {"token": 3600.0, "app-id": 0.0, "missing": 3600.0}
    found = Histories(store.parameters, graces).read(newest.modified + 1)
    values = {name: [each.value for each in history] for name, history in found.items()}
    assert values == {"token": ["three", "two", "one"], "app-id": ["wx1"], "missing": []}

"""The file of certificate authorities is read once, and what it says is obeyed."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import botocore.exceptions
import pytest
import requests.adapters

from chalicelib.adapters.ssm import SsmParameters
from chalicelib.adapters.wechat_http import HttpTransport
from chalicelib.ports import Unavailable
from chalicelib.wechat.errors import TryLater
from tests.contract.secured import Secured, secured

NO_LONGER_READ = "no certificates"


@pytest.fixture
def server(aws: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Secured]:
    with secured(tmp_path) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.address)
        yield server


@pytest.fixture
def trusted(server: Secured, monkeypatch: pytest.MonkeyPatch) -> Secured:
    """Its authority is the one that AWS and WeChat are said to have."""
    monkeypatch.setenv("AWS_CA_BUNDLE", str(server.authorities))
    monkeypatch.setattr(requests.adapters, "DEFAULT_CA_BUNDLE_PATH", str(server.authorities))
    return server


def test_all_clients_of_aws_read_it_once(trusted: Secured) -> None:
    first, second = SsmParameters("/first"), SsmParameters("/second")
    assert first.read(["token"]) == []
    trusted.authorities.write_text(NO_LONGER_READ)
    assert first.read(["token"]) == second.read(["token"]) == []


def test_calls_of_wechat_read_it_once(trusted: Secured) -> None:
    transport = HttpTransport(trusted.address)
    assert transport.request("POST", "/cgi-bin/message/custom/send", {}, b"{}").status == 200
    trusted.authorities.write_text(NO_LONGER_READ)
    assert transport.request("POST", "/cgi-bin/message/custom/send", {}, b"{}").status == 200


def test_a_server_that_no_authority_vouches_for_is_told_nothing(server: Secured) -> None:
    with pytest.raises(Unavailable, match="SSLError"):
        SsmParameters("/dev").read(["token"])
    with pytest.raises(TryLater, match="SSLError"):
        HttpTransport(server.address).request("POST", "/cgi-bin/message/custom/send", {}, b"{}")


def test_a_client_of_a_teams_own_trusts_only_its_own_authorities(
    trusted: Secured, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert SsmParameters("/dev").read(["token"]) == []
    monkeypatch.delenv("AWS_CA_BUNDLE")
    with pytest.raises(botocore.exceptions.SSLError):
        boto3.client("ssm").get_parameters(Names=["/dev/token"])

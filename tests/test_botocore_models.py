"""Making a client of AWS reads the models of one service, because we replace botocore's list."""

import os
from importlib.resources import files
from pathlib import Path

import pytest
from botocore.session import Session

from chalicelib.adapters import aws

MODELS = Path(str(files("botocore"))) / "data"


@pytest.fixture
def looked_into(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders that are listed from now on."""
    listed: list[Path] = []
    list_folder = os.listdir

    def noted(folder: str) -> list[str]:
        listed.append(Path(folder))
        return list_folder(folder)

    monkeypatch.setattr(os, "listdir", noted)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    aws._session.cache_clear()  # noqa: SLF001
    return listed


@pytest.mark.parametrize("service", ["dynamodb", "sqs", "ssm"])
def test_our_client_looks_into_its_own_service_alone(looked_into: list[Path], service: str) -> None:
    aws.client(service)
    assert MODELS / service in looked_into
    assert MODELS not in looked_into


def test_botocores_own_client_looks_through_all_services(looked_into: list[Path]) -> None:
    """If this fails, botocore has become faster: then remove what we replace."""
    Session().create_client("sqs")
    assert MODELS in looked_into

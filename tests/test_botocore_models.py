"""Making a client of AWS reads little, because we replace what botocore would read."""

import os
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.loaders import Loader
from botocore.session import Session

from chalicelib.adapters import aws, ssm_model

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


CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "dynamodb": ("get_item", {"TableName": "table", "Key": {"key": {"S": "key"}}}),
    "lambda": ("invoke", {"FunctionName": "function"}),
    "sqs": ("get_queue_url", {"QueueName": "queue"}),
    "ssm": ("get_parameters", {"Names": ["/name"], "WithDecryption": True}),
}


class Ready(Exception):
    """A request is ready to be sent."""


def asked(client: Any, service: str) -> tuple[str, object, object, str]:
    """The address, target, body and signature's scope of a call."""
    requests: list[AWSPreparedRequest] = []

    def keep(request: AWSPreparedRequest, **_: object) -> None:
        requests.append(request)
        raise Ready

    client.meta.events.register("before-send", keep)
    name, arguments = CALLS[service]
    with pytest.raises(Ready):
        getattr(client, name)(**arguments)
    (request,) = requests
    signature = str(request.headers["Authorization"])
    scope = signature.partition("Credential=")[2].partition(",")[0]
    return request.url, request.headers.get("X-Amz-Target"), request.body, scope


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1", "cn-north-1", "us-gov-west-1"])
@pytest.mark.parametrize("service", list(CALLS))
def test_our_clients_ask_what_botocores_own_ask(
    monkeypatch: pytest.MonkeyPatch, service: str, region: str
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "key")
    aws._session.cache_clear()  # noqa: SLF001
    usual = Session().create_client(service, config=aws.TIMEOUTS)
    assert asked(aws.client(service), service) == asked(usual, service)


def test_ssm_answers_in_the_shapes_that_we_read() -> None:
    known = Loader().load_service_model("ssm", "service-2")
    ours = ssm_model.MODEL
    operation = known["operations"]["GetParameters"]

    def check(our_name: str, name: str) -> None:
        shape, whole = ours["shapes"][our_name], known["shapes"][name]
        assert shape["type"] == whole["type"]
        for member, our in shape.get("members", {}).items():
            check(our["shape"], whole["members"][member]["shape"])
        if "member" in shape:
            check(shape["member"]["shape"], whole["member"]["shape"])

    for part in ("input", "output"):
        check(ours["operations"]["GetParameters"][part]["shape"], operation[part]["shape"])

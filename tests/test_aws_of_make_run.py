"""What `make run` changes in MiniStack is still there to be changed."""

import ministack.app as ministack  # type: ignore[import-untyped]
import pytest
from ministack.core import responses  # type: ignore[import-untyped]


@pytest.mark.parametrize("service", ["cloudformation", "dynamodb", "sqs", "ssm"])
def test_it_keeps_the_state_of_a_service_under_the_name_of_its_module(service: str) -> None:
    kept = set(ministack._state_map.values())  # noqa: SLF001
    assert ministack.SERVICE_REGISTRY[service]["module"] in kept


def test_it_loads_botocore_for_the_headers_of_its_answers() -> None:
    model = responses._service_model("sqs")  # noqa: SLF001
    assert model.metadata["protocol"] == "json"

"""What `make run` changes in MiniStack is still there to be changed."""

from ministack.core import responses  # type: ignore[import-untyped]


def test_it_loads_botocore_for_the_headers_of_its_answers() -> None:
    model = responses._service_model("sqs")  # noqa: SLF001
    assert model.metadata["protocol"] == "json"

"""Secrets in SSM Parameter Store, each a SecureString under the stage's path."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..ports import Parameter
from .aws import FAILURES, Reads, client, unavailable

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient
    from mypy_boto3_ssm.type_defs import ParameterTypeDef


class SsmParameters:
    """The parameters under `path`, for example `/wechalice/prod`."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._client: SSMClient = client("ssm")
        self._reads = Reads(self._client)

    def read(self, names: Sequence[str]) -> list[Parameter]:
        """GetParameters, which takes at most ten names; see `ports.Parameters`."""
        paths = [f"{self._path}/{name}" for name in names]
        try:
            answer = self._reads(
                lambda: self._client.get_parameters(Names=paths, WithDecryption=True)
            )
        except FAILURES as error:
            raise unavailable("SSM", error) from error
        return [self._parameter(each) for each in answer["Parameters"]]

    def _parameter(self, found: "ParameterTypeDef") -> Parameter:
        return Parameter(
            name=found["Name"].removeprefix(f"{self._path}/"),
            version=found["Version"],
            modified=found["LastModifiedDate"].timestamp(),
            value=found["Value"].strip(),
        )

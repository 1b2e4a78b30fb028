"""What all AWS clients share: timeouts that fit inside the door's deadline, and errors."""

from functools import cache
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.loaders import Loader
from botocore.session import Session

# Without retries, because the caller has a deadline and a plan.
TIMEOUTS = Config(
    connect_timeout=0.5, read_timeout=1, retries={"total_max_attempts": 1}, tcp_keepalive=True
)
FAILURES = (BotoCoreError, ClientError)


def client(service: str) -> Any:
    """A client of `service`. boto3 would make the same, and costs each cold start more."""
    return _session().create_client(service, config=TIMEOUTS)


@cache
def _session() -> Session:
    session = Session()
    session.register_component("data_loader", _Models())
    return session


class _Models(Loader):
    """Finds models of services without a look through the folders of all services there are."""

    def list_available_services(self, type_name: str) -> list[str]:
        return ["dynamodb", "sqs", "ssm"]


def described(error: BotoCoreError | ClientError) -> str:
    """The error's name; its text may hold what was sent."""
    if isinstance(error, ClientError):
        return str(error.response["Error"]["Code"])
    return type(error).__name__

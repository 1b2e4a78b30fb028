"""Makes AWS clients whose timeouts fit inside the door's deadline, and names their errors."""

from functools import cache
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.loaders import Loader
from botocore.session import Session

from ..ports import Misconfigured, Unavailable

# No retries, because the caller has a deadline and handles failures itself.
TIMEOUTS = Config(
    connect_timeout=0.5, read_timeout=1, retries={"total_max_attempts": 1}, tcp_keepalive=True
)
FAILURES = (BotoCoreError, ClientError)
_LASTING = (
    "AccessDenied",
    "DoesNotExist",
    "InvalidClientTokenId",
    "NonExistentQueue",
    "ResourceNotFound",
    "UnrecognizedClient",
)
"""Parts of the codes of errors that last until somebody changes a policy or a resource."""


def client(service: str) -> Any:
    """A client for `service`. boto3 makes the same one, but slows down each cold start."""
    return _session().create_client(service, config=TIMEOUTS)


@cache
def _session() -> Session:
    session = Session()
    session.register_component("data_loader", _Models())
    return session


class _Models(Loader):
    """Finds the models of our services without listing the folders of all services."""

    def list_available_services(self, type_name: str) -> list[str]:
        return ["dynamodb", "sqs", "ssm"]


def unavailable(service: str, error: BotoCoreError | ClientError) -> Unavailable:
    """The error by its name, without its text, which may quote what we sent."""
    if not isinstance(error, ClientError):
        return Unavailable(f"{service}: {type(error).__name__}")
    code = str(error.response["Error"]["Code"])
    kind = Misconfigured if any(part in code for part in _LASTING) else Unavailable
    return kind(f"{service}: {code}")

"""Makes AWS clients whose timeouts fit inside the door's deadline, and names their errors."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import Any, TypeVar

from botocore import httpsession
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError, ReadTimeoutError
from botocore.loaders import Loader
from botocore.session import Session

from ..ports import Misconfigured, Unavailable
from . import ssm_model, tls

T = TypeVar("T")

_context = cache(tls.context)
_sharing = Lock()

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


def client(service: str, seconds: float | None = None) -> Any:
    """A client for `service`, which may wait `seconds` for an answer.

    boto3 makes the same one, but slows down each cold start.
    """
    timeouts = TIMEOUTS if seconds is None else TIMEOUTS.merge(Config(read_timeout=seconds))
    with _sharing_trust():
        return _session().create_client(service, config=timeouts)


@cache
def _session() -> Session:
    session = Session()
    session.register_component("data_loader", _Models())
    return session


@contextmanager
def _sharing_trust() -> Iterator[None]:
    """Gives one TLS context to the clients made meanwhile, which botocore has no option for.

    Others, which a team makes, may trust other authorities, so they get contexts of their own.
    """
    with _sharing:  # two at once could leave ours in place
        own = vars(httpsession).get("create_urllib3_context")
        vars(httpsession)["create_urllib3_context"] = _context
        try:
            yield
        finally:
            vars(httpsession)["create_urllib3_context"] = own


class _Models(Loader):
    """Finds the models of our services, and reads no large file of which they need little."""

    def list_available_services(self, type_name: str) -> list[str]:
        """Without listing the folders of all services."""
        return ["dynamodb", "lambda", "sqs", "ssm"]

    def load_service_model(
        self, service_name: str, type_name: str, api_version: str | None = None
    ) -> Any:
        if (service_name, type_name) == ("ssm", "service-2"):
            return ssm_model.MODEL
        return super().load_service_model(service_name, type_name, api_version)

    def load_data_with_path(self, name: str) -> tuple[Any, str]:
        """Our services have addresses of one form, so that their partitions tell all of them."""
        if name != "endpoints":
            found: tuple[Any, str] = super().load_data_with_path(name)
            return found
        known, path = super().load_data_with_path("partitions")
        endpoints = [_endpoints(each) for each in known["partitions"]]
        return {"version": 3, "partitions": endpoints}, path


def _endpoints(partition: Any) -> dict[str, Any]:
    return {
        "partition": partition["id"],
        "dnsSuffix": partition["outputs"]["dnsSuffix"],
        "regionRegex": partition["regionRegex"],
        "regions": partition["regions"],
        "defaults": {
            "hostname": "{service}.{region}.{dnsSuffix}",
            "protocols": ["https"],
            "signatureVersions": ["v4"],
        },
        "services": {},
    }


class Reads:
    """Makes reads of `client`, and makes one again when the connection that was kept has died.

    Lambda freezes a process for minutes, and its connections may die meanwhile. urllib3 replaces
    one that failed by a new one. Of writes, only their callers know which may be repeated.
    """

    def __init__(self, client: Any, *, after_timeout: bool = True) -> None:
        self._after_timeout = after_timeout
        self._kept = False
        client.meta.events.register("after-call", self._answered)

    def __call__(self, read: Callable[[], T]) -> T:
        """What `read` returns.

        A read that fails on a new connection is not tried again, because then the service is slow,
        and the caller has a deadline. Nor is one that timed out, unless `after_timeout`.
        """
        try:
            return read()
        except HTTPClientError as error:
            kept, self._kept = self._kept, False
            if not kept or (isinstance(error, ReadTimeoutError) and not self._after_timeout):
                raise
        return read()

    def _answered(self, **_: object) -> None:
        self._kept = True


def unavailable(service: str, error: BotoCoreError | ClientError) -> Unavailable:
    """The error by its name, without its text, which may quote what we sent."""
    if not isinstance(error, ClientError):
        return Unavailable(f"{service}: {type(error).__name__}")
    code = str(error.response["Error"]["Code"])
    kind = Misconfigured if any(part in code for part in _LASTING) else Unavailable
    return kind(f"{service}: {code}")

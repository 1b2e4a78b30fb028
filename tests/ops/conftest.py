"""An AWS of their own for tests of the operator's commands, the operator, and WeChat's side."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.useragent import UserAgentString

from chalicelib.wechat.signatures import fits
from local import environment, ministack, ports
from ops import dead_letters
from simulator.account import Account
from tests.backends import Answer, Backend, Request, backend
from tests.ops import deployment, shipping
from tests.ops.caller import answering, calling
from tests.ops.doctor import allow_functions, configure_functions
from tests.ops.operator import Operator
from tests.ops.states import States
from tests.simulated import Side, parameters_of, wechat_side

_SERVICES = f"{ministack.SERVICES},apigateway,ec2,iam,lambda"


@pytest.fixture(scope="package")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The endpoint of a throw-away AWS with all that a deployment is made of, not run."""
    state = tmp_path_factory.mktemp("aws")
    with (
        ministack.running(ports.free(), state, _SERVICES, "tests.ops.aws") as endpoint,
        pytest.MonkeyPatch.context() as own,
    ):
        isolated = environment.isolated(os.environ, endpoint)
        for name in os.environ.keys() - isolated.keys():
            own.delenv(name)
        for name, value in isolated.items():
            own.setenv(name, value)
        own.delenv("WECHAT_API_URL", raising=False)
        own.setattr(boto3, "client", made_once(boto3.client))
        own.setattr(UserAgentString, "to_string", lambda _: "tests")  # twice in each call
        own.setattr(dead_letters, "_WAIT", 0)  # one server knows at once what there is
        yield endpoint


def made_once(make: Callable[..., Any]) -> Callable[..., Any]:
    """Makes a client of a service, which costs more than a call, once for AWS's variables."""
    made: dict[tuple[str, frozenset[tuple[str, str]]], Any] = {}

    def client(service: str, **named: str | None) -> Any:
        wishes = {name: value for name, value in named.items() if value is not None}
        variables = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
        key = service, frozenset((variables | wishes).items())
        if key not in made:
            made[key] = make(service, **wishes)
        return made[key]

    return client


@pytest.fixture(scope="package")
def states(aws: str, tmp_path_factory: pytest.TempPathFactory) -> States:
    return States(aws, tmp_path_factory.mktemp("states"))


@pytest.fixture
def operator(states: States, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Operator:
    """Somebody in the folder of a project with a production stage, alone at an empty AWS."""
    states.empty()
    monkeypatch.chdir(tmp_path)
    return Operator.new(tmp_path)


@pytest.fixture
def standing(states: States, operator: Operator) -> Operator:
    """An operator of a stage that has its resources."""
    return stand(states, operator)


def stand(states: States, operator: Operator) -> Operator:
    def make() -> None:
        result = operator.types("up", "--yes", "--fixed-exit", "none")
        assert result.exit_code == 0, result.output

    states.bring("standing", operator, make)
    return operator


@pytest.fixture
def shipped(states: States, operator: Operator) -> Operator:
    """An operator of a stage that is deployed."""
    return ship(states, operator)


def ship(states: States, operator: Operator) -> Operator:
    states.bring("shipped", operator, lambda: deployment.make(stand(states, operator).target))
    return operator


@pytest.fixture
def deployed_twice(states: States, operator: Operator) -> Operator:
    """An operator of a stage whose functions run release two, and ran release one before."""

    def make() -> None:
        ship(states, operator)
        for release in ("one", "two"):
            shipping.deploy(operator, release)

    states.bring("deployed-twice", operator, make)
    return operator


@pytest.fixture
def account() -> Account:
    return Account.new()


@pytest.fixture
def side(shipped: Operator, account: Account) -> Iterator[Side]:
    """WeChat's side, for the account of the operator's stage, which has all it needs."""
    operator = shipped
    allow_functions(operator)
    operator.keeps_secrets_of(account)
    keys = ("cookie-key", "ticket-key", "refresh-token-key")
    operator.types("secrets", "generate", *keys, "--yes")
    with wechat_side(account) as side:
        operator.configure(WECHAT_API_URL=side.address)
        configure_functions(operator)
        with answering(operator, calling(side.address, parameters_of(account))):
            yield side


@pytest.fixture
def door(account: Account) -> Iterator[Backend]:
    with answering_for(account) as running:
        yield running


@contextmanager
def answering_for(account: Account) -> Iterator[Backend]:
    """A backend that knows the account's token."""

    def answer(request: Request) -> Answer:
        query = request.query
        signed = fits(query["signature"], account.token, query["timestamp"], query["nonce"])
        return Answer(query["echostr"]) if signed else Answer("forbidden", 403)

    with backend(answer) as running:
        yield running

"""The function wechat_caller of an operator's stage: the emulator passes on what it is asked."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import boto3

from chalicelib.adapters.wechat_http import HttpTransport
from chalicelib.api.account_calls import DirectCalls
from chalicelib.api.caller import Caller
from chalicelib.api.oauth_api import OAuthApi
from chalicelib.credentials.app_secrets import AppSecrets
from chalicelib.ports import Parameters
from ops.target import CALLER
from tests.backends import Answer, Backend, Request, Respond, backend
from tests.ops.operator import Operator


@contextmanager
def answering(operator: Operator, answer: Answer | Respond) -> Iterator[Backend]:
    """Lets the function answer so; its requests so far are the backend's."""
    target = operator.target
    with backend(answer) as running:
        variables = {**target.environment, "MINISTACK_LAMBDA_PROXY_URL": running.url}
        boto3.client("lambda").update_function_configuration(
            FunctionName=target.function(CALLER), Environment={"Variables": variables}
        )
        yield running


def calling(wechat: str, parameters: Parameters) -> Respond:
    """What the function does, where WeChat's API is at `wechat`."""
    transport, secrets = HttpTransport(wechat), AppSecrets(parameters, "test")
    caller = Caller(OAuthApi(transport, secrets), DirectCalls(transport, secrets))

    def respond(request: Request) -> Answer:
        return Answer(json.dumps(caller.invoke(json.loads(request.body))))

    return respond

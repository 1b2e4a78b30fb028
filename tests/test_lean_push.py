"""A push pays only for what it needs."""

import json
import os
import subprocess
import sys
import uuid

import boto3
import pytest

from bench.events import Fresh
from simulator.account import Account
from tests.project import sample_project

PUSH = """
import json, sys, time
from app import app

class Context:
    def get_remaining_time_in_millis(self):
        return 30_000

event = json.load(sys.stdin)
del event["requestContext"]["requestTimeEpoch"]  # it comes now, however slow the imports were
answer = app(event, Context())
assert (answer["statusCode"], answer["body"][:5]) == (200, "<xml>"), answer
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


@pytest.fixture(scope="module")
def imported(aws: str, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """What the door has imported once it has answered a push; the zip's urllib3 would fail."""
    shipped = tmp_path_factory.mktemp("shipped")
    (shipped / "urllib3.py").write_text("raise AssertionError('compiled at each cold start')")
    account = Account.new()
    path = f"/lean-{uuid.uuid4().hex}"
    secrets = {
        "app-id": account.app_id,
        "token": account.token,
        "encoding-aes-key": account.encoding_aes_key,
    }
    for name, value in secrets.items():
        boto3.client("ssm").put_parameter(Name=f"{path}/{name}", Value=value, Type="SecureString")
    done = subprocess.run(
        [sys.executable, "-c", PUSH],
        cwd=sample_project(),
        input=json.dumps(Fresh.make(account).event()),
        env={
            **os.environ,
            "PARAMETER_PATH": path,
            "PYTHONPATH": str(shipped),
            "_HANDLER": "app.app",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(done.stderr.splitlines()[-1]))


@pytest.mark.parametrize(
    "module",
    [
        "boto3",
        "itsdangerous",
        "jinja2",
        "requests",
        "xmltodict",
        "chalicelib.credentials.own_secrets",
        "chalicelib.delivery.worker",
        "chalicelib.web",
        "chalicelib.wechat.rare_messages",
    ],
)
def test_what_no_push_needs_is_not_imported_for_one(imported: set[str], module: str) -> None:
    assert "chalicelib.delivery.push" in imported
    assert module not in imported


def test_urllib3_is_the_one_with_bytecode_beside_botocore(imported: set[str]) -> None:
    assert "urllib3" in imported

"""wechalice: AWS on this machine, a worker, and a door for each mode of the account.

`python -m tests.conformance.contenders.wechalice SAFE COMPATIBLE PLAINTEXT AWS API FOLDER` serves
each mode and AWS at its port, and calls WeChat's API at the port API.
`... rotate AWS_PORT` puts the secrets of its environment into SSM.
"""

import os
import signal
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from threading import Event

import boto3

from local import account, ministack, ports, stack
from local.environment import HOST, isolated
from local.processes import Child, wait_until
from simulator.account import Account
from tests import project
from tests.conformance.contenders.said import APP_ID, ENCODING_AES_KEY, TOKEN

MODES = ("safe", "compatible", "plaintext")
HANDLERS = Path(__file__).with_name("account_of_wechalice.py")


def main(modes: Sequence[int], aws_port: int, api_port: int, folder: Path) -> None:
    """Serves `MODES` at the ports `modes` until it is ended."""
    stopped = Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    here = project.copy_to(folder / "project")
    project.save_handlers(here, HANDLERS.read_text(encoding="utf-8"))
    with ExitStack() as running:
        endpoint = running.enter_context(ministack.running(aws_port, folder / "aws"))
        os.environ.update(isolated(os.environ, endpoint))
        os.environ["WECHAT_API_URL"] = f"http://{HOST}:{api_port}"
        os.environ["PUBLIC_URL"] = f"http://{HOST}:{modes[0]}"
        os.environ["PYTHONPATH"] = str(here)
        stack.deploy(here / "ops" / "resources.yaml")
        console = folder / "console.json"
        Account(APP_ID, "gh_0123456789ab", TOKEN, ENCODING_AES_KEY, "secret").save(console)
        account.share(console)
        os.chdir(here)
        for mode, port in zip(MODES, modes, strict=True):
            command = [sys.executable, "-m", "local.backend", str(port)]
            environment = {**os.environ, "WECHAT_MODE": mode}
            log = folder / f"{mode}.log"
            backend = running.enter_context(Child(mode, command, environment, log=log))
            wait_until(partial(ports.answers, port), backend, stopped)
        worker = [sys.executable, "-m", "local.worker"]
        running.enter_context(Child("worker", worker, os.environ, log=folder / "worker.log"))
        print("ready", flush=True)
        stopped.wait()


def rotate(aws_port: int) -> None:
    """Puts the secrets of the environment into SSM."""
    ssm = boto3.Session("local", "local", region_name="us-east-1").client(
        "ssm", endpoint_url=ministack.endpoint(aws_port)
    )
    for name, value in {"token": TOKEN, "encoding-aes-key": ENCODING_AES_KEY}.items():
        path = f"{account.PARAMETER_PATH}/{name}"
        if ssm.get_parameter(Name=path, WithDecryption=True)["Parameter"]["Value"] != value:
            ssm.put_parameter(Name=path, Value=value, Type="SecureString", Overwrite=True)


if __name__ == "__main__":
    if sys.argv[1] == "rotate":
        rotate(int(sys.argv[2]))
    else:
        *modes, aws, api = map(int, sys.argv[1:-1])
        main(modes, aws, api, Path(sys.argv[-1]))

"""Blocks of the documents put to work: in a chat, in app.py, in a copy of the project."""

import json
import runpy
import shutil
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from unittest import mock

from chalice.app import Chalice
from chalice.cli.factory import CLIFactory
from chalice.config import Config
from chalice.deploy.appgraph import ApplicationGraphBuilder
from chalice.deploy.models import ScheduledEvent

from chalicelib.router import Router, Routes
from chalicelib.wechat.replies import Reply
from simulator import pushes, replies
from simulator.envelopes import open_reply
from simulator.pushes import Push
from tests import project
from tests.conftest import OpenDoor
from tests.documents import PROJECT, Block
from tests.door import Door, LambdaContext
from tests.project import SAMPLE_ACCOUNT

ALICE = "oAlice"


class Chat:
    """Alice's chat with an account whose only handlers are those of a block."""

    def __init__(self, open_door: OpenDoor, *routers: object) -> None:
        assert all(isinstance(each, Router) for each in routers)
        self.door: Door = open_door(routes=Routes(*routers))  # type: ignore[arg-type]

    def says(self, push: Push | str) -> Reply | None:
        """What she reads at once."""
        done = pushes.text(push) if isinstance(push, str) else push
        done = done.by(ALICE)
        response = self.door.push(done)
        if response.body == "success":
            return None
        document = open_reply(self.door.account, response.body.encode())
        return replies.read(document, self.door.account, done)

    def later(self) -> list[str]:
        """What she has read besides, once the worker is through."""
        self.door.work()
        received = self.door.wechat.received(ALICE)
        return [each[each["msgtype"]].get("content") or each["msgtype"] for each in received]


@contextmanager
def handlers_beside(**routers: Block) -> Iterator[str]:
    """The name of a package: the sample account's handlers, and blocks as files beside them."""
    package = types.ModuleType("handlers_beside")
    package.__path__ = [str(SAMPLE_ACCOUNT / "handlers")]
    for name, block in routers.items():
        module = types.ModuleType(name)
        module.__dict__.update(block.run())
        setattr(package, name, module)
    with mock.patch.dict(sys.modules, {package.__name__: package}):
        yield package.__name__


def app_with(block: Block) -> dict[str, Any]:
    """The names of app.py with a block at its end."""
    return block.run(**runpy.run_path(str(SAMPLE_ACCOUNT / "app.py")))


def asked(app: Chalice, path: str, cookies: dict[str, str]) -> dict[str, Any]:
    """What a route answers to a browser with those cookies."""
    event = {
        "resource": path,
        "path": path,
        "httpMethod": "GET",
        "headers": {"cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())},
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "httpMethod": "GET",
            "resourcePath": path,
            "domainName": "example.com",
            "path": f"/api{path}",
        },
        "body": None,
        "isBase64Encoded": False,
    }
    answer: dict[str, Any] = app(event, LambdaContext())
    return answer


def project_with(copied: Path, **files: str) -> Path:
    """A copy of the project, its tests included, whose handlers are these files alone."""
    project.copy_to(copied)
    shutil.copytree(PROJECT / "tests", copied / "tests", ignore=shutil.ignore_patterns("test_*"))
    shutil.copy(PROJECT / "pyproject.toml", copied)
    routers = ", ".join(f"{name}.router" for name in files)
    project.save_handlers(
        copied,
        f"from chalicelib.router import Routes\nfrom . import {', '.join(files)}\n"
        f"routes = Routes({routers})\n",
    )
    for name, code in files.items():
        (copied / "chalicelib" / "handlers" / f"{name}.py").write_text(code, encoding="utf-8")
    return copied


def schedule_deployed(copied: Path, code: str) -> ScheduledEvent:
    """What Chalice would deploy of the schedule in `code`, which ends the app.py in `copied`."""
    app_file = copied / "app.py"
    app_file.write_text(f"{app_file.read_text()}\n\n{code}", encoding="utf-8")
    read = CLIFactory(str(copied)).create_config_obj("dev")
    settings = Config(
        "dev",
        user_provided_params={
            "chalice_app": runpy.run_path(str(app_file))["app"],
            "project_dir": str(copied),
        },
        config_from_disk=read.config_from_disk,
        default_params={"api_gateway_stage": "api"},
    )
    resources = ApplicationGraphBuilder().build(settings, "dev").resources
    return next(each for each in resources if isinstance(each, ScheduledEvent))


@dataclass
class Model:
    """A language model that knows one answer, and remembers what it was asked."""

    url: str
    asked: list[dict[str, Any]] = field(default_factory=list)


@contextmanager
def model(answer: str) -> Iterator[Model]:
    """Serves one on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            serving.asked.append({**body, "key": self.headers["Authorization"]})
            choices = [{"message": {"role": "assistant", "content": answer}}]
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({"choices": choices}).encode())

        def log_message(self, *_: object) -> None:
            """Silence."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        serving = Model(f"http://127.0.0.1:{server.server_port}/")
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield serving
        finally:
            server.shutdown()
            thread.join()

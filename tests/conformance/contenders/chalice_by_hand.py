"""A few lines of Chalice and xmltodict, in plaintext mode, as tutorials write them."""

import os
import sys
import time
from hashlib import sha1
from typing import Any

import xmltodict
from chalice.app import Chalice, Response
from chalice.config import Config
from chalice.local import create_local_server

from tests.conformance.contenders.said import TOKEN, answer

app = Chalice(app_name="by-hand")
TEXT: Any = {"Content-Type": "text/plain"}


def is_signed(query: dict[str, str]) -> bool:
    parts = sorted([TOKEN, query["timestamp"], query["nonce"]])
    return sha1("".join(parts).encode()).hexdigest() == query["signature"]  # noqa: S324


@app.route("/wechat", methods=["GET"])
def verify() -> Response:
    query: Any = app.current_request.query_params  # type: ignore[union-attr]
    return Response(query["echostr"] if is_signed(query) else "", TEXT)


@app.route("/wechat", methods=["POST"], content_types=["text/xml"])
def push() -> Response:
    request: Any = app.current_request
    if not is_signed(request.query_params):
        return Response("", TEXT, 403)
    message = xmltodict.parse(request.raw_body)["xml"]
    if message["MsgType"] != "text":
        return Response("success", TEXT)
    reply = {
        "ToUserName": message["FromUserName"],
        "FromUserName": message["ToUserName"],
        "CreateTime": int(time.time()),
        "MsgType": "text",
        "Content": answer(message["FromUserName"], message["Content"]),
    }
    return Response(xmltodict.unparse({"xml": reply}), {"Content-Type": "application/xml"})


if __name__ == "__main__":
    config = Config(chalice_stage="dev", config_from_disk={"project_dir": os.getcwd()})  # noqa: PTH109
    create_local_server(app, config, "127.0.0.1", int(sys.argv[1])).serve_forever()

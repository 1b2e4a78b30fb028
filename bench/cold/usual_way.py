"""The usual way to write it: wechatpy, the AWS clients and requests at the top of app.py."""

import os
from typing import Any

import boto3
import requests
from chalice.app import Chalice, Response
from wechatpy import create_reply, parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidSignatureException

app = Chalice(app_name="usual-way")
wechat = requests.Session()
dynamodb = boto3.client("dynamodb")
sqs = boto3.client("sqs")
ssm = boto3.client("ssm")

PATH = os.environ["PARAMETER_PATH"]
NAMES = [f"{PATH}/{name}" for name in ("token", "encoding-aes-key", "app-id")]
found = ssm.get_parameters(Names=NAMES, WithDecryption=True)["Parameters"]
values = {parameter["Name"]: parameter["Value"] for parameter in found}
crypto = WeChatCrypto(*(values[name] for name in NAMES))


@app.route("/wechat", methods=["POST"], content_types=["text/xml"])
def push() -> Response:
    request: Any = app.current_request
    query = request.query_params
    try:
        document = crypto.decrypt_message(
            request.raw_body, query["msg_signature"], query["timestamp"], query["nonce"]
        )
    except InvalidSignatureException:
        return Response("", status_code=403)
    message = parse_message(document)
    reply = create_reply(message.content, message).render()
    sealed = crypto.encrypt_message(reply, query["nonce"], query["timestamp"])
    return Response(sealed, {"Content-Type": "application/xml"})

"""wechatpy on Flask, in safe mode, as its example `echo` does it."""

import sys

from flask import Flask, abort, request
from wechatpy import create_reply, parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidAppIdException, InvalidSignatureException
from wechatpy.utils import check_signature

from tests.conformance.contenders.said import APP_ID, ENCODING_AES_KEY, TOKEN, answer

app = Flask(__name__)


@app.route("/wechat", methods=["GET", "POST"])
def wechat() -> str:
    query = request.args
    signature, timestamp = query.get("signature", ""), query.get("timestamp", "")
    nonce, msg_signature = query.get("nonce", ""), query.get("msg_signature", "")
    try:
        check_signature(TOKEN, signature, timestamp, nonce)
    except InvalidSignatureException:
        abort(403)
    if request.method == "GET":
        return query.get("echostr", "")
    crypto = WeChatCrypto(TOKEN, ENCODING_AES_KEY, APP_ID)
    try:
        document = crypto.decrypt_message(request.data, msg_signature, timestamp, nonce)
    except (InvalidSignatureException, InvalidAppIdException):
        abort(403)
    message = parse_message(document)
    said = "Sorry, can not handle this for now"
    if message.type == "text":
        said = answer(message.source, message.content)
    sealed: str = crypto.encrypt_message(create_reply(said, message).render(), nonce, timestamp)
    return sealed


if __name__ == "__main__":
    app.run("127.0.0.1", int(sys.argv[1]), threaded=True)

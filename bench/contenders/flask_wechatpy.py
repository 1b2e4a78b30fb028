"""The usual way to put wechatpy on Flask, and Flask on Lambda; it writes no log line."""

from collections.abc import Callable
from typing import Any

from apig_wsgi import make_lambda_handler
from flask import Flask, Response, abort, request
from wechatpy.exceptions import InvalidSignatureException

from simulator.account import Account

from .with_wechatpy import answer


def handler(account: Account) -> Callable[[dict[str, Any], Any], dict[str, Any]]:
    app = Flask("flask-wechatpy")
    echo = answer(account)

    @app.post("/wechat")
    def push() -> Response:
        try:
            reply = echo(request.args, request.data)
        except InvalidSignatureException:
            abort(403)
        return Response(reply, mimetype="application/xml")

    return make_lambda_handler(app)

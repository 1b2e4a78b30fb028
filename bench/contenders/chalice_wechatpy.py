"""The usual way to put wechatpy on Chalice; it writes no log line."""

from typing import Any

from chalice.app import Chalice, Response
from wechatpy.exceptions import InvalidSignatureException

from simulator.account import Account

from .with_wechatpy import answer


def handler(account: Account) -> Chalice:
    app = Chalice(app_name="chalice-wechatpy")
    echo = answer(account)

    @app.route("/wechat", methods=["POST"], content_types=["text/xml"])
    def push() -> Response:
        request: Any = app.current_request
        try:
            reply = echo(request.query_params, request.raw_body)
        except InvalidSignatureException:
            return Response("", status_code=403)
        return Response(reply, {"Content-Type": "application/xml"})

    return app

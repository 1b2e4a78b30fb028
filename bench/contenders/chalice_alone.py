"""The baseline: what Chalice costs when a view does nothing."""

from chalice.app import Chalice, Response


def handler() -> Chalice:
    app = Chalice(app_name="chalice-alone")

    @app.route("/wechat", methods=["POST"], content_types=["text/xml"])
    def push() -> Response:
        return Response("success", {"Content-Type": "text/plain"})

    return app

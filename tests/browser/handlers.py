"""The handlers and the schedule of the account whose backend `make run` runs."""

from simulator.events import USER

HANDLERS = """
import logging

from chalicelib.router import Context, Router, Routes
from chalicelib.wechat.messages import ClickEvent, TextMessage
from chalicelib.wechat.replies import Reply, Text, TransferCustomerService

router = Router("test", apology="sorry")

@router.on(TextMessage, content="count")
def count(message: TextMessage, ctx: Context) -> Reply:
    ctx.session["n"] = ctx.session.get("n", 0) + 1
    return Text(str(ctx.session["n"]))

@router.on(TextMessage, content="break")
def broken(message: TextMessage, ctx: Context) -> Reply:
    raise KeyError("香蕉")

@router.on(TextMessage, content="model")
def model(message: TextMessage, ctx: Context) -> Reply:
    return Text(ctx.secret("absent"))

@router.on(TextMessage, content="人工")
def ask(message: TextMessage, ctx: Context) -> Reply:
    ctx.state = "agent"
    return TransferCustomerService()

@router.on(TextMessage, content="机器人")
def back(message: TextMessage, ctx: Context) -> Reply:
    ctx.state = None
    return Text("back again")

@router.on(TextMessage, idempotent=True)
def answer(message: TextMessage, ctx: Context) -> Reply:
    return Text("hello")

@router.on(ClickEvent, event_key="REPORT", slow=True, ack="a moment")
def report(event: ClickEvent, ctx: Context) -> Reply:
    logging.getLogger("chalicelib.handlers").info("writing the report")
    return Text("the report")

routes = Routes(router)
"""

SCHEDULE = """

from chalicelib import bootstrap

@app.schedule("cron(0 1 * * ? *)")
def morning(event):
    bootstrap.send("OPENID", "早上好！")
    print("sent")
""".replace("OPENID", USER)

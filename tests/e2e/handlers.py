"""What the deployed account says: one answer for each way that an answer can travel."""

from pathlib import Path

PAGES = """

from chalicelib import bootstrap


@app.route("/signed")
def signed():
    return bootstrap.js_sdk("https://shop.example/").config()
"""
"""A page of the team's own."""

_CODE = """
import os
import re
from pathlib import Path

from chalicelib.delivery import failing
from chalicelib.router import Context, Router, Routes
from chalicelib.wechat.messages import TextMessage
from chalicelib.wechat.replies import Reply, Text

failing.PAUSES = (0, 0, 0, 0)
router = Router("e2e", apology="sorry")
fixed = Path("{fixed}")

@router.on(TextMessage, content="pure", idempotent=True)
def pure(message: TextMessage, ctx: Context) -> Reply:
    return Text("pure")

@router.on(TextMessage, content="fast")
def fast(message: TextMessage, ctx: Context) -> Reply:
    return Text("fast " + os.environ["RELEASE"])

@router.on(TextMessage, content="remember")
def remember(message: TextMessage, ctx: Context) -> Reply:
    ctx.session["times"] = ctx.session.get("times", 0) + 1
    return Text("remembered")

@router.on(TextMessage, content="find")
def find(message: TextMessage, ctx: Context) -> Reply:
    from chalicelib import bootstrap
    return Text("found" if bootstrap.profile_of("42") else "not found")

@router.on(TextMessage, content="slow", slow=True, ack="a moment")
def slow(message: TextMessage, ctx: Context) -> Reply:
    return Text("slow")

@router.on(TextMessage, content="slowly remember", slow=True)
def slowly_remember(message: TextMessage, ctx: Context) -> Reply:
    return remember(message, ctx)

@router.on(TextMessage, content=re.compile(r"tell (?P<openid>\\S+)"), slow=True)
def tell(message: TextMessage, ctx: Context) -> Reply:
    ctx.send(ctx.groups["openid"], Text("told"))
    return Text("done")

@router.on(TextMessage, content="stumble", slow=True)
def stumble(message: TextMessage, ctx: Context) -> Reply:
    mark = fixed.with_name(f"stumbled {{ctx.identity}}")
    if not mark.exists():
        mark.touch()
        raise LookupError
    return Text("got up")

@router.on(TextMessage, content="think twice", slow=True, long=True)
def think_twice(message: TextMessage, ctx: Context) -> Reply:
    return stumble(message, ctx)

@router.on(TextMessage, content=re.compile(r"think (?P<openid>\\S+)"), slow=True, long=True)
def think(message: TextMessage, ctx: Context) -> Reply:
    remember(message, ctx)
    return tell(message, ctx)

@router.on(TextMessage, content="broken", slow=True)
def broken(message: TextMessage, ctx: Context) -> Reply:
    if not fixed.exists():
        raise LookupError
    return Text("fixed")

routes = Routes(router)
"""


def code(fixed: Path) -> str:
    """Of handlers/__init__.py; what is broken works once the file `fixed` exists."""
    return _CODE.format(fixed=fixed)

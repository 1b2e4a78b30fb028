"""Books a visit in steps; whatever else a user writes is for a slow model."""

import re

from chalicelib.router import Context, Router, Routes
from chalicelib.wechat.messages import ClickEvent, TextMessage

router = Router("booking", apology="sorry")


@router.on(TextMessage, content="help", idempotent=True)
def instructions(message: TextMessage, ctx: Context) -> str:
    return "write book"


@router.on(TextMessage, content="book")
def begin(message: TextMessage, ctx: Context) -> str:
    ctx.state = "booking.name"
    return "your name?"


@router.on(TextMessage, content="cancel", state=re.compile(r"booking\..+"))
def cancel(message: TextMessage, ctx: Context) -> str:
    ctx.state = None
    return "cancelled"


@router.on(TextMessage, state="booking.name")
def name(message: TextMessage, ctx: Context) -> str:
    ctx.session["name"] = message.content
    ctx.state = "booking.phone"
    return f"{message.content}, your phone?"


@router.on(TextMessage, content=re.compile(r"(?P<phone>\d+)"), state="booking.phone")
def phone(message: TextMessage, ctx: Context) -> str:
    ctx.session["phone"] = ctx.groups["phone"]
    ctx.state = "booking.confirm"
    return "all right?"


@router.on(TextMessage, state="booking.phone")
def no_phone(message: TextMessage, ctx: Context) -> str:
    return "digits, please"


@router.on(TextMessage, state="booking.confirm", slow=True, ack="booking…")
def confirm(message: TextMessage, ctx: Context) -> str:
    ctx.state = None
    return f"booked for {ctx.session['name']}, {ctx.session['phone']}"


@router.on(TextMessage, state="only here", content="fail")
def fail(message: TextMessage, ctx: Context) -> str:
    raise LookupError


@router.on(TextMessage, state="booking.research", slow=True, long=True)
def research(message: TextMessage, ctx: Context) -> str:
    return f"found {message.content}"


@router.on(TextMessage, content="research")
def ask(message: TextMessage, ctx: Context) -> str:
    ctx.state = "booking.research"
    return "what about?"


@router.on(TextMessage, slow=True)
def model(message: TextMessage, ctx: Context) -> str:
    return f"the model on {message.content}"


@router.on(ClickEvent, event_key="NEXT", state="booking.name")
def nobody(event: ClickEvent, ctx: Context) -> str:
    return "a name, please"


routes = Routes(router)

"""Which handler answers which push.

    router = Router("chat", apology="出了点问题，请稍后再试。")

    @router.on(TextMessage, content=re.compile(r"天气\\s*(?P<city>\\S+)"), slow=True)
    def weather(message: TextMessage, ctx: Context) -> Reply:
        return Text(forecast(ctx.groups["city"]))

    routes = Routes(router, ...)

A handler says what to answer; its route says how the answer travels. The first route that
matches answers. A route that can never work raises RouteError at import, so `chalice deploy`
refuses it too.
"""

from .context import Context
from .handler_result import HandlerResult
from .per_day import PerDay
from .route import RouteError
from .routes import Router, Routes

__all__ = ["Context", "HandlerResult", "PerDay", "RouteError", "Router", "Routes"]

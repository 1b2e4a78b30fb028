"""A failed test of an account shows what its handlers raised, and where."""

import pytest

from chalicelib.router import Context, Router, Routes
from chalicelib.wechat.messages import TextMessage
from chalicelib.wechat.replies import Reply
from tests.kit import OpenAccount


def test_what_a_handler_raises_is_printed(
    open_account: OpenAccount, capsys: pytest.CaptureFixture[str]
) -> None:
    router = Router("orders")

    @router.on(TextMessage)
    def order(message: TextMessage, ctx: Context) -> Reply:
        raise LookupError("no such thing")

    account = open_account(Routes(router))
    assert account.user().says("下单") is None
    printed = capsys.readouterr().out
    assert "orders.order" in printed
    assert "LookupError: no such thing" in printed
    assert "test_kit_log.py" in printed

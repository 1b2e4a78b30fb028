"""A kit to test an account with: say something as a user, and see what they read.

    def test_an_order_is_confirmed(account: Account) -> None:
        alice = account.user()
        assert alice.says("下单") == Text("正在下单，请稍候…")
        account.work()
        assert alice.received == [Text("订单 1000 已提交。")]

The fixture `account` has the team's `app.py` and handlers, and `open_account` opens another one.
AWS and WeChat are in memory, and time passes only when something waits. See docs/testing.md.
"""

from tests.kit.account import Account
from tests.kit.opening import OpenAccount
from tests.kit.user import User

__all__ = ["Account", "OpenAccount", "User"]

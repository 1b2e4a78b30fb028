"""What the account says to begin with."""

from chalicelib.wechat.replies import Text
from simulator import pushes
from tests.kit import Account


def test_a_new_follower_is_greeted_and_answered(account: Account) -> None:
    alice = account.user()
    assert alice.does(pushes.follow()) == Text("欢迎关注！发一句话试试。")
    assert alice.says("你好") == Text("你好")

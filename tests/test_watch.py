"""What goes on beside a handler, in this very process."""

import threading
import time

from chalicelib.adapters.process import ThisProcess
from chalicelib.delivery.watch import Watch
from tests.patience import PATIENCE


def test_a_handler_does_not_wait_until_wechat_shows_typing() -> None:
    happened: list[str] = []
    wechat_answers = threading.Event()

    def show() -> None:
        wechat_answers.wait(PATIENCE)
        happened.append("shown")

    watch = Watch(ThisProcess(), time.time, time.sleep, finish=lambda _: None)
    watch.typing(show)
    watch.run(lambda: happened.append("ran"))
    assert happened == ["ran"]
    wechat_answers.set()
    watch.close()

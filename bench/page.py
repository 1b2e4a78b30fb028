"""`python -m bench.page`: what the phone's page costs a browser with 200 messages in its chat.

It scrolls through the chat from end to end and back. No task of the browser may take longer than
50 ms, and the page's heap must stay below 10 MB. Needs Debian's chromium.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import NamedTuple

import click
import httpx
from playwright.sync_api import Page, sync_playwright

from chalicelib.wechat.envelopes import Mode
from chalicelib.wechat.messages import TextMessage
from chalicelib.wechat.parsing import parse
from chalicelib.wechat.passive import passive_xml
from chalicelib.wechat.replies import Text
from simulator.account import Account
from simulator.platform.world import World
from simulator.server import listen, server

MESSAGES = 200
LONGEST_TASK = 50
"""Milliseconds."""
LARGEST_HEAP = 10
"""Megabytes."""

_WATCH = """() => {
    window.tasks = [];
    const keep = (list) => window.tasks.push(...list.getEntries().map((task) => task.duration));
    new PerformanceObserver(keep).observe({ type: "longtask" });
}"""
_STEP = 400
"""Pixels that one turn of the wheel scrolls."""


class Measured(NamedTuple):
    """The longest task in milliseconds, 0 when all were under 50, and the heap in megabytes."""

    longest_task: float
    heap: float


class _Echo(BaseHTTPRequestHandler):
    """A backend that repeats what users write."""

    def do_POST(self) -> None:
        push = parse(self.rfile.read(int(self.headers["Content-Length"])))
        text = push.content if isinstance(push, TextMessage) else ""
        body = passive_xml(Text(text), push, int(time.time())).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def _phone() -> Iterator[str]:
    """The address of a phone whose chat has MESSAGES messages, half of them answers."""
    backend = ThreadingHTTPServer(("127.0.0.1", 0), _Echo)
    Thread(target=backend.serve_forever, daemon=True).start()
    account = Account.new(Mode.PLAINTEXT)
    program = server(World(lambda: account), f"http://127.0.0.1:{backend.server_port}/wechat")
    listener = listen(0)
    Thread(target=program.run, args=([listener],), daemon=True).start()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    _fill(address)
    yield address
    program.should_exit = True
    backend.shutdown()


def _fill(address: str) -> None:
    with httpx.Client(base_url=address, trust_env=False) as client:
        for number in range(MESSAGES // 2):
            text = f"{number} " + "你好，世界。https://example.com/ " * (number % 7)
            client.post("/pushes", json={"action": "say", "argument": text})
        while any(each["pending"] for each in client.get("/conversation").json()["entries"]):
            time.sleep(0.1)


def measure(page: Page, address: str) -> Measured:
    """Opens the page, scrolls up to the first message and down again."""
    page.goto(address)
    page.wait_for_function(f"document.querySelectorAll('.bubble').length >= {MESSAGES}")
    page.wait_for_load_state("load")
    page.evaluate(_WATCH)
    page.locator("#chat").hover()
    for direction in (-1, 1):
        _scroll(page, direction)
    devtools = page.context.new_cdp_session(page)
    devtools.send("HeapProfiler.collectGarbage")
    heap = devtools.send("Runtime.getHeapUsage")["usedSize"] / 1e6
    return Measured(max(page.evaluate("window.tasks"), default=0.0), heap)


def _scroll(page: Page, direction: int) -> None:
    height: int = page.evaluate("document.querySelector('#chat').scrollHeight")
    for _ in range(height // _STEP + 1):
        page.mouse.wheel(0, direction * _STEP)
        page.wait_for_timeout(16)


@click.command(epilog="Exits with 1 when a bound is missed.")
@click.option("--chromium", default="/usr/bin/chromium", show_default=True)
def main(chromium: str) -> None:
    """Measures the phone's page with 200 messages in its chat."""
    with _phone() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        measured = measure(browser.new_page(viewport={"width": 1280, "height": 800}), address)
        browser.close()
    click.echo(
        f"longest task  {measured.longest_task:.0f} ms, at most {LONGEST_TASK} (0: none was)"
    )
    click.echo(f"heap          {measured.heap:.1f} MB, at most {LARGEST_HEAP}")
    sys.exit(measured.longest_task > LONGEST_TASK or measured.heap > LARGEST_HEAP)


if __name__ == "__main__":
    main()

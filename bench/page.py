"""`python -m bench.page`: what the phone's page costs a browser with 500 messages in its chat.

It opens the page, scrolls through the chat and the wire from end to end and back, searches the
wire, and writes one more message. No task of the page may take more than 50 ms of processor time,
and its heap must stay below 10 MB. Needs Debian's chromium.
"""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, NamedTuple

import click
import httpx
from playwright.sync_api import Browser, Page, sync_playwright

from chalicelib.wechat.envelopes import Mode
from chalicelib.wechat.messages import TextMessage
from chalicelib.wechat.parsing import parse
from chalicelib.wechat.passive import passive_xml
from chalicelib.wechat.replies import Text
from simulator.account import Account
from simulator.platform.world import World
from simulator.server import listen, server

MESSAGES = 500
ENTRIES = MESSAGES // 2
"""The rows of the wire, one for each message and its answer."""
LONGEST_TASK = 50
"""Milliseconds."""
LARGEST_HEAP = 10
"""Megabytes."""

_TASK, _THREAD = "ThreadControllerImpl::RunTask", "CrRendererMain"
"""A task of the page, as Chromium's trace calls it."""
_STEP = 400
"""Pixels that one turn of the wheel scrolls."""


class Measured(NamedTuple):
    """The longest task in milliseconds of processor time, and the heap in megabytes."""

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
        for number in range(ENTRIES):
            text = f"{number} " + "你好，世界。https://example.com/ " * (number % 7)
            client.post("/pushes", json={"action": "say", "argument": text})
        while any(each["pending"] for each in client.get("/conversation").json()["entries"]):
            time.sleep(0.1)


def measure(browser: Browser, address: str) -> Measured:
    """Opens the page and uses it as a developer does."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    browser.start_tracing(page=page, categories=["toplevel"])
    _use(page, address)
    longest = max(_tasks(json.loads(browser.stop_tracing())["traceEvents"]))
    devtools = page.context.new_cdp_session(page)
    devtools.send("HeapProfiler.collectGarbage")
    return Measured(longest, devtools.send("Runtime.getHeapUsage")["usedSize"] / 1e6)


def _use(page: Page, address: str) -> None:
    page.goto(address)
    _wait(page, ".bubble", MESSAGES)
    _wait(page, "#list button", ENTRIES)
    for place, directions in (("#chat", (-1, 1)), ("#list", (1, -1))):
        page.locator(place).hover()
        for direction in directions:
            _scroll(page, place, direction)
    page.locator("#search").press_sequentially(f"{ENTRIES - 1}")
    page.locator("#search").fill("")
    page.locator("textarea").fill("one more")
    page.keyboard.press("Enter")
    _wait(page, ".bubble", MESSAGES + 2)


def _tasks(trace: list[dict[str, Any]]) -> Iterator[float]:
    """The milliseconds of each task. A busy machine makes them wait, but not work longer."""
    threads = {
        (each["pid"], each["tid"])
        for each in trace
        if each["name"] == "thread_name" and each["args"]["name"] == _THREAD
    }
    for each in trace:
        if each["name"] == _TASK and (each["pid"], each["tid"]) in threads:
            yield each.get("tdur", 0) / 1000


def _wait(page: Page, selector: str, count: int) -> None:
    page.locator(selector).nth(count - 1).wait_for(state="attached")


def _scroll(page: Page, place: str, direction: int) -> None:
    height: int = page.evaluate(f"document.querySelector('{place}').scrollHeight")
    for _ in range(height // _STEP + 1):
        page.mouse.wheel(0, direction * _STEP)
        page.wait_for_timeout(16)


@click.command(epilog="Exits with 1 when a bound is missed.")
@click.option("--chromium", default="/usr/bin/chromium", show_default=True)
def main(chromium: str) -> None:
    """Measures the phone's page with 500 messages in its chat, and 250 entries of the wire."""
    with _phone() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        measured = measure(browser, address)
        browser.close()
    click.echo(f"longest task  {measured.longest_task:.0f} ms, at most {LONGEST_TASK}")
    click.echo(f"heap          {measured.heap:.1f} MB, at most {LARGEST_HEAP}")
    sys.exit(measured.longest_task > LONGEST_TASK or measured.heap > LARGEST_HEAP)


if __name__ == "__main__":
    main()

"""The page gets news as they happen."""

import json
from collections.abc import Iterator
from itertools import takewhile
from typing import Any

import httpx

from tests.phone.client import answered


def events(lines: Iterator[str]) -> Iterator[tuple[str, Any, str]]:
    """Name, data and id of each event, endlessly."""
    while True:
        event = dict(line.split(": ", 1) for line in takewhile(bool, lines))
        data = event["data"]
        told = data if event["event"] == "hello" else json.loads(data)
        yield event["event"], told, event.get("id", "")


def test_events_come_as_they_happen(phone: httpx.Client) -> None:
    with phone.stream("GET", "/events") as stream:
        news = events(stream.iter_lines())
        first = {next(news)[0] for _ in range(5)}
        assert first == {"hello", "status", "faults", "tables", "web-authorizations"}
        answered(phone, "hi")
        told = [entry for name, data, _ in take_until_settled(news) for entry in data]
    assert told[0]["pending"]
    assert told[-1]["answer"]["text"] == "你也好"


def test_a_page_that_reconnects_is_told_only_what_it_has_missed(phone: httpx.Client) -> None:
    answered(phone, "one")
    with phone.stream("GET", "/events") as stream:
        mark = next(mark for _, _, mark in events(stream.iter_lines()) if mark)
    answered(phone, "two")
    with phone.stream("GET", "/events", headers={"Last-Event-ID": mark}) as stream:
        missed = next(told for name, told, _ in events(stream.iter_lines()) if name == "entries")
    assert [entry["done"]["text"] for entry in missed] == ["two"]


def test_a_client_of_another_run_gets_everything(phone: httpx.Client) -> None:
    answered(phone, "one")
    with phone.stream("GET", "/events", headers={"Last-Event-ID": "other-99"}) as stream:
        told = next(told for name, told, _ in events(stream.iter_lines()) if name == "entries")
    assert [entry["done"]["text"] for entry in told] == ["one"]


def take_until_settled(news: Iterator[tuple[str, Any, str]]) -> Iterator[tuple[str, Any, str]]:
    for name, data, mark in news:
        if name == "entries":
            yield name, data, mark
            if not data[-1]["pending"]:
                return

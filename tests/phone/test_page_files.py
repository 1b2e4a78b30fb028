"""The browser keeps the page's files until one of them changes."""

import re
import shutil
from pathlib import Path

import httpx
import pytest

from simulator.phone import routes

STATIC = Path(routes.__file__).parent / "static"


def files(phone: httpx.Client) -> list[str]:
    return re.findall(r'(?:src|href)="([^"#]+)', phone.get("/").text)


def test_each_file_is_kept_under_the_name_that_the_page_gives_it(phone: httpx.Client) -> None:
    named = files(phone)
    imported = f"{named[0].rpartition('/')[0]}/words/zh.js"
    for path in (*named, imported):
        answer = phone.get(path)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]


def test_names_change_with_a_file(
    phone: httpx.Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = files(phone)
    changed = shutil.copytree(STATIC, tmp_path / "static")
    monkeypatch.setattr(routes, "_STATIC", changed)
    assert files(phone) == before
    (changed / "words" / "zh.js").write_text("// other words")
    assert not {*files(phone)} & {*before}


def test_the_page_and_what_it_does_not_name_are_asked_for_again(phone: httpx.Client) -> None:
    for path in ("/", "/static/main.js"):
        assert phone.get(path).headers["Cache-Control"] == "no-cache"

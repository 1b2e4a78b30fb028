"""Nothing leads to pages from which WeChat has moved what developers need."""

from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
FOLDERS = ("bench", "chalicelib", "docs", "local", "ops", "simulator")
KINDS = (".html", ".js", ".md", ".py", ".yaml")
TEXTS = [
    *(path for name in FOLDERS for path in (REPOSITORY / name).rglob("*") if path.suffix in KINDS),
    *(path for path in REPOSITORY.glob("*.md") if path.name != "CHANGELOG.md"),
]


@pytest.mark.parametrize("gone", ["WeChat's console", "基本配置", "服务器配置", "doc/offiaccount"])
def test_no_text_names_a_place_that_is_gone(gone: str) -> None:
    named = [str(path.relative_to(REPOSITORY)) for path in TEXTS if gone in path.read_text()]
    assert named == [], "ops/wechat_places.py has the new ones"

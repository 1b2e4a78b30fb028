"""A kind of push or reply is a dataclass like any other, but made when it is first needed."""

import dataclasses
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from chalicelib.router.route import Interrupted
from chalicelib.wechat.lazy import lazy_dataclass

THREADS = 8


@pytest.fixture
def busy_threads() -> Iterator[ThreadPoolExecutor]:
    """Threads that take turns as often as Python can."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    with ThreadPoolExecutor(THREADS) as threads:
        yield threads
    sys.setswitchinterval(usual)


def _kinds() -> tuple[type, type]:
    """A kind and one that inherits from it; nobody has used them."""

    @lazy_dataclass(frozen=True)
    class Spoken:
        language: str = dataclasses.field(default="zh_CN", kw_only=True)

    @lazy_dataclass(frozen=True)
    class Text(Spoken):
        content: str

    return Spoken, Text


def test_an_instance_is_that_of_a_dataclass() -> None:
    spoken, text = _kinds()
    said: Any = text("你好")
    assert repr(said).endswith("Text(language='zh_CN', content='你好')")
    assert said == text("你好", language="zh_CN") != text("你好", language="en")
    assert dataclasses.replace(said, content="再见").content == "再见"
    assert issubclass(type(said), spoken)
    with pytest.raises(dataclasses.FrozenInstanceError):
        said.content = "再见"
    with pytest.raises(TypeError, match=r"Text\.__init__\(\) missing 1 required positional"):
        text()


def test_fields_are_known_before_the_first_instance() -> None:
    _, text = _kinds()
    assert [each.name for each in dataclasses.fields(text)] == ["language", "content"]


def test_an_ordinary_dataclass_inherits_from_one() -> None:
    _, text = _kinds()

    @dataclasses.dataclass(frozen=True)
    class Long(text):  # type: ignore[misc, valid-type]
        seconds: int = 0

    assert dataclasses.asdict(Long("你好")) == {
        "language": "zh_CN",
        "content": "你好",
        "seconds": 0,
    }


def test_an_init_of_its_own_is_kept() -> None:
    @lazy_dataclass(frozen=True)
    class News:
        titles: tuple[str, ...]

        def __init__(self, *titles: str) -> None:
            object.__setattr__(self, "titles", titles)

    assert News("一", "二").titles == ("一", "二")


@pytest.mark.parametrize("moment", ["the fields", "the init"])
def test_one_that_was_interrupted_is_made_another_time(
    moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken, text = _kinds()
    with monkeypatch.context() as interrupted:
        made = dataclasses.dataclass

        def ends(**options: Any) -> Any:
            def make(cls: type) -> type:
                if moment == "the fields" or "init" not in options:
                    made(**options)(cls)
                    raise Interrupted
                return made(**options)(cls)

            return make

        interrupted.setattr(dataclasses, "dataclass", ends)
        with pytest.raises(Interrupted):
            text("你好")
    assert text("你好", language="en").language == "en"
    with pytest.raises(TypeError):
        text("你好", "en")  # it is for keywords alone, as declared
    assert spoken(language="en") == spoken(language="en")


def test_threads_may_make_the_first_instance_together(busy_threads: ThreadPoolExecutor) -> None:
    for _ in range(20):
        _, text = _kinds()
        together = Barrier(THREADS)

        def said(number: int, kind: type = text, together: Barrier = together) -> str:
            together.wait()
            return str(kind(str(number)).content)

        assert [*busy_threads.map(said, range(THREADS))] == [*map(str, range(THREADS))]

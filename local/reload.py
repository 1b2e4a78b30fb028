"""Restarts the backend and the worker when a file that ships is saved.

`chalice local` has a reloader, but it watches every file below the project, .venv too, and a
syntax error ends it.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from threading import Event

from rich.console import Console
from watchfiles import Change, DefaultFilter, watch

from simulator.controls import Controls
from simulator.language import Language

from . import leases
from .processes import Child

_LOOK_MILLISECONDS = 100


def saves(project: Path, stop: Event) -> Iterator[bool]:
    """Yields True after a save and False after a moment without one, until `stop` is set.

    It watches from this call on, so that processes started after it miss no save.
    """
    watched = _watched(project, stop)
    next(watched, False)
    return watched


def keep_current(
    backend: Child,
    worker: Child,
    answers: Callable[[], bool],
    saves: Iterable[bool],
    needed: Iterable[Child],
    console: Console,
) -> None:
    """Restarts both on every save. Raises Failed if one of `needed` ends.

    The worker loads the same files, so it is started only when the backend `answers`: then a
    mistake in them is shown once. If one ends by itself, it waits for the next save. What they
    held when they were ended is free at once. The phone's page can keep the worker dead, and can
    run both with other settings.
    """
    says, starting = Language.of().says, backend.exited()
    waiting: set[str] = set()
    controls = Controls.load()
    for saved in saves:
        before, controls = controls, Controls.load()
        for child in needed:
            child.check()
        if before.worker_killed and not controls.worker_killed:
            starting = True
        if saved or controls.settings != before.settings:
            worker.close()
            backend.close()
            leases.end()
            backend.restart()
            waiting.clear()
            starting = True
        if starting and answers():
            if not controls.worker_killed:
                worker.restart()
            starting = False
            console.print(says("已重新加载。"), style="green")
        for child in (backend,) if controls.worker_killed else (backend, worker):
            if child.exited() and child.name not in waiting:
                ended = says("{name}已结束，改好并保存就会重新启动。", name=child.name)
                console.print(ended, style="red")
                waiting.add(child.name)


def _watched(project: Path, stop: Event) -> Iterator[bool]:
    shipped = _Shipped(project)
    unseen = False
    while not stop.is_set():
        for changes in watch(
            *shipped.directories(),
            watch_filter=shipped,
            recursive=False,
            stop_event=stop,
            rust_timeout=_LOOK_MILLISECONDS,
            yield_on_timeout=True,
        ):
            if any(Path(path).is_dir() for _, path in changes):
                unseen = True
                break  # to watch the new directory too, before anything is started
            yield unseen or bool(changes)
            unseen = False


class _Shipped(DefaultFilter):
    """The files that ship. Directories are watched, because many editors replace files on save."""

    def __init__(self, project: Path) -> None:
        super().__init__()
        self._single = [project / "app.py", project / ".chalice" / "config.json"]
        self._code = project / "chalicelib"

    def directories(self) -> list[Path]:
        inside = [path for path in self._code.rglob("*") if path.is_dir()]
        return [*(path.parent for path in self._single), self._code, *inside]

    def __call__(self, change: Change, path: str) -> bool:
        ships = Path(path) in self._single or Path(path).is_relative_to(self._code)
        return ships and super().__call__(change, path)

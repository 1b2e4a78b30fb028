"""What runs follows what is saved: every change of what ships starts it anew.

`chalice local` has a reloader of its own, which looks at every file below the project, .venv
too, and dies of a syntax error.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from threading import Event

from rich.console import Console
from watchfiles import Change, DefaultFilter, watch

from simulator.controls import Controls

from .processes import Child

_LOOK_MILLISECONDS = 100


def saves(project: Path, stop: Event) -> Iterator[bool]:
    """True for a save, False when there was none for a moment; ends with `stop`.

    It watches from this call on, so that what is started next misses no save.
    """
    looks = _looks(project, stop)
    next(looks, False)
    return looks


def keep_current(
    backend: Child,
    worker: Child,
    answers: Callable[[], bool],
    saves: Iterable[bool],
    needed: Iterable[Child],
    console: Console,
) -> None:
    """Starts both anew on every save; raises Failed when one of `needed` ends.

    The worker, which loads the same files, follows once the backend `answers`, so that what is
    wrong with them is told once. One that ends by itself waits for the next save. The phone's
    page may have the worker dead, and both run with other settings.
    """
    starting = backend.exited()
    waiting: set[str] = set()
    asked = Controls.load()
    for saved in saves:
        before, asked = asked, Controls.load()
        for child in needed:
            child.check()
        if before.worker_killed and not asked.worker_killed:
            starting = True
        if saved or asked.settings != before.settings:
            worker.close()
            backend.restart()
            waiting.clear()
            starting = True
        if starting and answers():
            if not asked.worker_killed:
                worker.restart()
            starting = False
            console.print("Reloaded.", style="green")
        for child in (backend,) if asked.worker_killed else (backend, worker):
            if child.exited() and child.name not in waiting:
                console.print(f"{child.name} ended; save a change to start it again.", style="red")
                waiting.add(child.name)


def _looks(project: Path, stop: Event) -> Iterator[bool]:
    ours = _Ours(project)
    unseen = False
    while not stop.is_set():
        for changes in watch(
            *ours.directories(),
            watch_filter=ours,
            recursive=False,
            stop_event=stop,
            rust_timeout=_LOOK_MILLISECONDS,
            yield_on_timeout=True,
        ):
            if any(Path(path).is_dir() for _, path in changes):
                unseen = True
                break  # to watch the new directory, too, before anything is started
            yield unseen or bool(changes)
            unseen = False


class _Ours(DefaultFilter):
    """What ships. Directories are watched, because many editors replace a file on saving."""

    def __init__(self, project: Path) -> None:
        super().__init__()
        self._single = [project / "app.py", project / ".chalice" / "config.json"]
        self._code = project / "chalicelib"

    def directories(self) -> list[Path]:
        inside = [path for path in self._code.rglob("*") if path.is_dir()]
        return [*(path.parent for path in self._single), self._code, *inside]

    def __call__(self, change: Change, path: str) -> bool:
        ours = Path(path) in self._single or Path(path).is_relative_to(self._code)
        return ours and super().__call__(change, path)

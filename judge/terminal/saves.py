"""Saves, as they happen: the system tells where it can, and a look each second finds what it did not."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from judge.source import code_of, most_bytes

STEP_MS = 10
DEBOUNCE_MS = 80
LOOK_SECONDS = 1.0
SETTLED_SECONDS = 0.02
MOST_SETTLING_SECONDS = 1.0
EMPTY_SECONDS = 0.3  # for which an empty or missing file is taken for one that is being written

Mark = tuple[int, int, int]


class Saved(msgspec.Struct, frozen=True):
    """A file was saved: its bytes; None where it can't be read, and `why`."""

    file: Path
    source: bytes | None
    why: str = ""


class Vanished(msgspec.Struct, frozen=True):
    """A file is gone."""

    file: Path


class Saves:
    """Tells of each save of these files, from a thread of its own.

    Folders are watched rather than files, since editors save by putting another file in its place.

    Args:
        files: to watch.
        tell: told of each save and each loss.
    """

    def __init__(self, files: Sequence[Path], tell: Callable[[Saved | Vanished], None]) -> None:
        self._files = {file: _mark(file) for file in files}
        self._tell = tell
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="saves", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop watching."""
        self._stop.set()
        self._thread.join(2 * LOOK_SECONDS)

    def _run(self) -> None:
        while not self._stop.is_set():
            folders = {file.absolute().parent for file in self._files}
            there = [folder for folder in sorted(folders) if folder.is_dir()]
            try:
                if there:
                    self._watch(there)
                else:
                    self._stop.wait(LOOK_SECONDS)
            except OSError:  # no more watches to be had, or a folder went away meanwhile: looking goes on
                self._stop.wait(LOOK_SECONDS)
            self._look()

    def _watch(self, folders: list[Path]) -> None:
        """Until a folder is another one."""
        from watchfiles import watch

        before = [_mark(folder, folder=True) for folder in folders]
        names = {str(file.absolute()) for file in self._files}
        for _ in watch(
            *folders,
            watch_filter=lambda _, path: path in names,
            stop_event=self._stop,
            step=STEP_MS,
            debounce=DEBOUNCE_MS,
            rust_timeout=int(LOOK_SECONDS * 1000),
            yield_on_timeout=True,
            recursive=False,
            raise_interrupt=False,
        ):
            self._look()
            if [_mark(folder, folder=True) for folder in folders] != before:
                return

    def _look(self) -> None:
        for file, before in self._files.items():
            if self._stop.is_set() or _mark(file) == before:
                continue
            mark = self._settled(file)
            if mark == before:
                continue
            self._files[file] = mark
            self._tell(Vanished(file) if mark is None else read_saved(file))

    def _settled(self, file: Path) -> Mark | None:
        """The file's mark once it stays the same; an empty or missing one gets time to be written."""
        begun = time.monotonic()
        mark = _mark(file)
        while True:
            time.sleep(SETTLED_SECONDS)
            now, spent = _mark(file), time.monotonic() - begun
            blank = now is None or now[1] == 0
            if (now == mark and not (blank and spent < EMPTY_SECONDS)) or spent > MOST_SETTLING_SECONDS:
                return now
            mark = now


def read_saved(file: Path) -> Saved:
    """What stands in a file now. Of one that is larger than a solution may be, one byte more than that."""
    try:
        with file.open("rb") as stream:
            return Saved(file, code_of(file.name, stream.read(most_bytes(file.name) + 1)))
    except OSError as error:
        return Saved(file, None, error.strerror or str(error))


def _mark(path: Path, *, folder: bool = False) -> Mark | None:
    """What changes when something is saved: time, size and number of a file; of a folder, which one it is."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (0, found.st_dev, found.st_ino) if folder else (found.st_mtime_ns, found.st_size, found.st_ino)

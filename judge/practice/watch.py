"""Saves, as they happen: the system tells where it can, and a look now and then finds what it did not."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

STEP_MS = 10
DEBOUNCE_MS = 200


class Watch:
    """Calls `changed`, from a thread of its own, when one of these files may have changed.

    Folders are watched rather than files, since editors save by putting another file in its place.

    Args:
        files: to watch.
        changed: told that something happened.
    """

    def __init__(self, files: Sequence[Path], changed: Callable[[], None]) -> None:
        self._names = {str(file) for file in files}
        self._folders = sorted({file.parent for file in files})
        self._changed = changed
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="saves", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop watching."""
        self._stop.set()
        self._thread.join(2.0)

    def _run(self) -> None:
        from watchfiles import watch

        try:
            for changes in watch(
                *self._folders,
                watch_filter=lambda _, path: path in self._names,
                stop_event=self._stop,
                step=STEP_MS,
                debounce=DEBOUNCE_MS,
                rust_timeout=500,
                recursive=False,
                raise_interrupt=False,
            ):
                if changes:
                    self._changed()
        except OSError:
            return  # no more watches to be had, or the folder is gone: the look now and then goes on


class File:
    """One file as it was last seen.

    Args:
        path: it need not exist.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._mark: tuple[int, int, int] | None = None
        self._content: bytes | None = None

    def changed(self, *, patient: bool = True) -> bytes | None:
        """Its content where that differs from what was seen before, else None.

        Args:
            patient: take an empty file for one that is just being written, and look again later.
        """
        try:
            found = self.path.stat()
        except OSError:
            return None
        mark = (found.st_mtime_ns, found.st_size, found.st_ino)
        if mark == self._mark:
            return None
        content = self.read()
        if content is None or (patient and not content and self._content):
            return None
        self._mark = mark
        if content == self._content:
            return None
        self._content = content
        return content

    def read(self) -> bytes | None:
        """What stands in it now; None where it can't be read."""
        try:
            return self.path.read_bytes()
        except OSError:
            return None

    def modified(self) -> float | None:
        """When it was last written, in seconds since 1970; None where there is none."""
        try:
            return self.path.stat().st_mtime
        except OSError:
            return None

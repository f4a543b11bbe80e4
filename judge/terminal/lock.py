"""One terminal a session: a lock that the system takes back when its process ends, however it ends."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from problems.trust import make_private

if os.name == "posix":
    import fcntl


class SessionLock:
    """Held while a session is open.

    Args:
        folder: where the judge keeps its data.
        uid: the session's.
    """

    def __init__(self, folder: Path, uid: str) -> None:
        self._path = folder / "sessions" / f"{uid}.lock"
        self._descriptor = -1

    def take(self) -> bool:
        """Whether nobody else holds it. Where no lock can be had, as on a disk that is read-only, it counts as taken."""
        if os.name != "posix":
            return True
        try:
            make_private(self._path.parent)
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError:
            return True
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._descriptor)
            self._descriptor = -1
            return False
        except OSError:  # the file system knows no locks
            pass
        return True

    def release(self, *, finished: bool) -> None:
        """Give it back; the file goes where the session is finished."""
        if self._descriptor < 0:
            return
        if finished:
            with contextlib.suppress(OSError):
                self._path.unlink()
        os.close(self._descriptor)
        self._descriptor = -1

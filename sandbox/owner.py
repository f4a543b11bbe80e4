"""Whose a container is: a lock that the system lets go of when its judge ends, however it ends."""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
import tempfile
from pathlib import Path
from typing import IO

from sandbox.own_folder import own_folder, required


class Owner:
    """A judge that owns containers; its name goes into their label.

    Attributes:
        name: nobody else has it.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = own_folder() if folder is None else required(folder)
        self._place = _name_of(self._folder)
        self.name = f"{self._place}-{secrets.token_hex(8)}"
        self._file = _locked(self._folder / self.name, "x")
        assert self._file is not None, "nobody else knows this name"

    def close(self) -> None:
        """Let go: what is left of this owner's may be swept."""
        if self._file is not None:
            self._file.close()
            self._file = None
            self._forget(self.name)

    def has_ended(self, name: str) -> bool:
        """Whether another owner is known here and has ended. What other machines and users own is not known here."""
        place, _, rest = name.partition("-")
        if name == self.name or place != self._place or not rest.isalnum():
            return False
        try:
            file = _locked(self._folder / name, "r+")
        except FileNotFoundError:
            return True
        if file is None:
            return False
        file.close()
        return True

    def forget_those_that_ended(self) -> None:
        """Remove the files of owners of whom nothing is left."""
        for path in self._folder.glob(f"{self._place}-*"):
            if self.has_ended(path.stem):
                self._forget(path.stem)

    def _forget(self, name: str) -> None:
        for path in (self._folder / name, self._folder / f"{name}.json"):
            path.unlink(missing_ok=True)

    def profile(self, text: str) -> Path:
        """A file with the profile of system calls, for an engine on this machine that reads it from there."""
        path = self._folder / f"{self.name}.json"
        if not path.exists():
            path.write_text(text)
        return path


def _name_of(folder: Path) -> str:
    """A name that was drawn for this folder when it was first used."""
    path = folder / "place"
    with contextlib.suppress(FileExistsError), tempfile.NamedTemporaryFile("w", dir=folder) as drawn:
        drawn.write(secrets.token_hex(8))
        drawn.flush()
        os.link(drawn.name, path)  # all of it or nothing, where two begin at once
    return path.read_text()


def _locked(path: Path, mode: str) -> IO[str] | None:
    """The file, locked until it is closed; None where another process holds the lock."""
    file = path.open(mode)
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file

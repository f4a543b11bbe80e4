"""Whether a cost near the line was rejected, kept so that the same file gets the same verdict again.

Time is measured and varies. Where a cost lies at the line itself, no number of measurements decides it the same way each time: so the
first decision stands for as long as the file, the seed and the versions are the same.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

MOST_KEPT = 4096  # decisions; the oldest give way
NEW, LEFT_SECONDS = ".new-", 3600.0  # a file that is being written; and after how long nobody writes it any more
_WORDS = {True: b"rejected\n", False: b"accepted\n"}


class CostDecisions:
    """The decisions that a folder keeps, one small file each.

    Args:
        folder: is made where it is missing. Where nothing can be written there, nothing is kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def known(self, key: str) -> bool | None:
        """Whether this cost was rejected before; None where it was not decided, or what was kept is damaged."""
        try:
            text = self._path(key).read_bytes()
        except OSError:
            return None
        return next((rejected for rejected, word in _WORDS.items() if text == word), None)

    def settle(self, key: str, *, rejected: bool) -> bool:
        """Keep a decision; where somebody has kept one meanwhile, that one stands. Gives the one that stands.

        Args:
            key: of what was judged, as `key_of` gives it.
            rejected: what was found now.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._keep(self._path(key), _WORDS[rejected])
        except OSError:  # a full disk, a folder that can't be written to: then this run's own measurement decides
            return rejected
        known = self.known(key)
        if known is not None:
            return known
        self._path(key).unlink(missing_ok=True)  # damaged: the next run decides anew
        return rejected

    def _keep(self, path: Path, word: bytes) -> None:
        """Write a file whole, and only where there is none yet: a link is refused where the name is taken."""
        with tempfile.NamedTemporaryFile(dir=self._folder, prefix=NEW) as file:
            file.write(word)
            file.flush()
            with suppress(FileExistsError):
                os.link(file.name, path)
        for left in self._folder.glob(f"{NEW}*"):  # by a run that was killed
            if time.time() - _written(left) > LEFT_SECONDS:
                left.unlink(missing_ok=True)
        kept = list(self._folder.glob("[!.]*"))
        if len(kept) > MOST_KEPT:
            for old in sorted(kept, key=_written)[: len(kept) // 2]:
                old.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self._folder / key


def key_of(source: bytes, check: str, seed: int, versions: Mapping[str, str]) -> str:
    """What a decision hangs on, as the name of a file.

    Args:
        source: of the file that is judged.
        check: its name.
        seed: from which the cases follow.
        versions: of everything, the problem's digest and the framework included.
    """
    content = hashlib.sha256()
    for part in (check, str(seed), *(f"{name}={version}" for name, version in sorted(versions.items()))):
        content.update(f"{part}\n".encode())
    content.update(source)
    return content.hexdigest()


def _written(path: Path) -> float:
    """When a file was written; 0 where it is gone."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0

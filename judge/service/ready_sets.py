"""Case sets that are ready on disk: which there are, which of them a run takes, and which give way. This imports nothing heavy.

A folder for each problem and framework, of this version: `SEED.ready` was used by nobody yet, `SEED.taken` by one run. A run takes a seed
by renaming its file, so that no two take the same. What is in the files is the business of `judge.cases.stored`.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import re
import secrets
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import msgspec

from judge.service.identity import chosen_variables, code_stamps
from judge.verdict import versions
from problems import Framework, Problem
from problems.trust import weakness

READY = 2  # sets of a problem that wait for a run
TAKEN = 3  # sets of a problem that are kept after it, for whoever repeats it with its seed, or asks too often
PREFIXES = ("ATEN_", "MKL_", "OPENBLAS_", "OMP_", "TORCH")
HALF_SECONDS = 600  # after which a file that is still half written belongs to a process that was killed
MIB = 1 << 20
_SEED = re.compile(r"(\d{1,19})\.(ready|taken)")
_FOLDER = re.compile(r"(.+)@([a-z0-9_]+)-[0-9a-f]{16}")


class Kept(msgspec.Struct, frozen=True):
    """What is kept for one problem and framework.

    Attributes:
        problem: its name.
        framework: its name.
        ready: sets that wait for a run.
        taken: sets that a run has used.
        size: bytes of both.
    """

    problem: str
    framework: str
    ready: int
    taken: int
    size: int


class ReadySets:
    """The case sets below one folder. Where others could write to it, none are used and none are kept.

    Args:
        folder: made when the first is kept, for its owner alone.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def take(self, problem: Problem, framework: Framework, *, again: bool = False) -> int | None:
        """A seed whose cases are ready, which is the caller's from now on; None where there is none.

        Args:
            problem: that is judged.
            framework: of the solution.
            again: where more is asked for than can be made, the one that was used longest ago will do.
        """
        folder = self._of(problem, framework)
        if not self._is_own():
            return None
        for seed in _seeds(folder, "ready"):
            with contextlib.suppress(OSError):  # another run took it
                os.rename(folder / f"{seed}.ready", folder / f"{seed}.taken")
                _used_now(folder / f"{seed}.taken")
                return seed
        return self._used_longest_ago(folder) if again else None

    def _used_longest_ago(self, folder: Path) -> int | None:
        taken = sorted((each.st_mtime_ns, path) for path, each in _files(folder) if path.suffix == ".taken")
        for _, path in taken:
            with contextlib.suppress(OSError):  # it was just dropped
                _used_now(path)
                return int(path.stem)
        return None

    def path(self, problem: Problem, framework: Framework, seed: int) -> Path | None:
        """The file of a seed, whether it was taken or not; None where there is none."""
        if not self._is_own():
            return None
        folder = self._of(problem, framework)
        return next((path for kind in ("taken", "ready") if (path := folder / f"{seed}.{kind}").is_file()), None)

    def lacks(self, problem: Problem, framework: Framework) -> int:
        """How many more should wait for a run."""
        return max(0, READY - len(_seeds(self._of(problem, framework), "ready")))

    def put(self, problem: Problem, framework: Framework, seed: int, content: bytes, most_mib: int) -> None:
        """Keep a set, in one step. What was used longest ago gives way where it is too much; one that alone is too much is not kept.

        Raises:
            OSError: the folder can't be written to.
        """
        if len(content) > most_mib * MIB:
            return
        self._make(folder := self._of(problem, framework))
        if not self._is_own():
            return
        half = folder / f".{secrets.token_hex(8)}"
        try:
            half.write_bytes(content)
            half.rename(folder / f"{seed}.ready")
        finally:
            half.unlink(missing_ok=True)
        self._drop_others(folder)
        self._shrink(most_mib * MIB)

    def drop(self, path: Path) -> None:
        """Delete a file that can't be used."""
        if path.parent.parent == self._folder:
            path.unlink(missing_ok=True)

    def status(self) -> list[Kept]:
        """What is kept, by the names of the problems."""
        found = []
        for folder in self._folders():
            if (name := _FOLDER.fullmatch(folder.name)) is not None:
                files = list(_files(folder))
                kinds = [path.suffix for path, _ in files]
                size = sum(each.st_size for _, each in files)
                problem = name[1].replace("+", "/")
                if files:
                    found.append(Kept(problem, name[2], kinds.count(".ready"), kinds.count(".taken"), size))
        return sorted(found, key=lambda each: (each.problem, each.framework))

    def clear(self) -> int:
        """Delete all; the bytes that were freed."""
        freed = sum(each.size for each in self.status())
        shutil.rmtree(self._folder, ignore_errors=True)
        return freed

    def _of(self, problem: Problem, framework: Framework) -> Path:
        return self._folder / f"{problem.name.replace('/', '+')}@{framework.name}-{_digest(problem, framework)}"

    def _folders(self) -> Iterator[Path]:
        with contextlib.suppress(OSError):
            yield from [path for path in self._folder.iterdir() if path.is_dir()]

    def refused(self) -> str:
        """Why what lies there is not used, as others could have written it; "" where nothing is wrong."""
        found = weakness(self._folder) if self._folder.is_dir() else None
        return "" if found is None else found.words

    def _is_own(self) -> bool:
        return self._folder.is_dir() and not self.refused()

    def _make(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.name == "posix":
            self._folder.chmod(0o700)

    def _drop_others(self, folder: Path) -> None:
        """Drop the sets of other versions, all but the last few that were taken, and what a killed process left half written."""
        stem = folder.name.rpartition("-")[0]
        for other in self._folders():
            if other != folder and other.name.rpartition("-")[0] == stem:
                shutil.rmtree(other, ignore_errors=True)
        for path, each in _files(folder):
            if path.name.startswith(".") and each.st_mtime < time.time() - HALF_SECONDS:
                path.unlink(missing_ok=True)
        taken = sorted((each.st_mtime_ns, path) for path, each in _files(folder) if path.suffix == ".taken")
        for _, path in taken[:-TAKEN]:
            path.unlink(missing_ok=True)

    def _shrink(self, most_bytes: int) -> None:
        """Delete what was used or made longest ago until the rest is small enough: first what was taken."""
        files = [file for folder in self._folders() for file in _files(folder)]
        files.sort(key=lambda file: (file[0].suffix != ".taken", file[1].st_mtime_ns))
        size = sum(each.st_size for _, each in files)
        for path, each in files:
            if size <= most_bytes:
                return
            path.unlink(missing_ok=True)
            size -= each.st_size


def _used_now(path: Path) -> None:
    """Note when a file was used; by this clock, which is finer than the one that a file system sets times by."""
    now = time.time_ns()
    os.utime(path, ns=(now, now))


def _seeds(folder: Path, kind: str) -> list[int]:
    """The seeds of a kind, in no order that says anything."""
    try:
        names = os.listdir(folder)
    except OSError:
        return []
    found = (_SEED.fullmatch(name) for name in names)
    return [int(each[1]) for each in found if each is not None and each[2] == kind]


def _files(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    with contextlib.suppress(OSError):
        for path in list(folder.iterdir()):
            with contextlib.suppress(OSError):  # it was just renamed or deleted
                yield path, path.stat()


def _digest(problem: Problem, framework: Framework) -> str:
    """Of all that the bits of a set depend on."""
    corpus = [
        path.read_bytes() for name in ("corpus.json", "opening.json") if (path := problem.folder / name).is_file()
    ]
    parts: Sequence[object] = [problem.digest, problem.name, framework.name, repr(framework), corpus, *_surroundings()]
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogateescape")).hexdigest()[:16]


@cache
def _surroundings() -> tuple[object, ...]:
    """Versions, code, processor, and what the environment says of arithmetic. The reference computes in one thread."""
    chosen = chosen_variables(os.environ, PREFIXES)
    return (sorted(versions().items()), sys.version, platform.machine(), _processor(), chosen, tuple(code_stamps()))


def _processor() -> str:
    """What it can do: the bits of a sum depend on it."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return platform.processor()
    return "".join(line for line in text.splitlines() if line.startswith(("model name", "flags", "Features")))[:8000]

"""What a resident judge and its client must agree in: code, versions, interpreter, environment, and the problem's files.

Where one of these differs, the same file could get another verdict, or run within other limits.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from judge.verdict import versions
from problems import Problem
from problems.frameworks import place_of

PREFIXES = (
    "PYTHON",
    "OMP_",
    "MKL_",
    "OPENBLAS_",
    "KMP_",
    "GOMP_",
    "ATEN_",
    "TORCH",
    "HYPOTHESIS",
    "LD_",
    "DYLD_",
    "DOCKER_",
    "LC_",
)
NAMES = ("LANG", "TMPDIR", "HOME", "XDG_CACHE_HOME")
SET_BY_TORCH = ("TORCHINDUCTOR_CACHE_DIR",)
NAMESPACES = ("mnt", "net", "pid", "user")


def identity(environment: Mapping[str, str], process: int | None = None) -> str:
    """Of a process: two with the same one give the same verdicts.

    Args:
        environment: its variables.
        process: of this user and with this interpreter; None: this one.
    """
    chosen = chosen_variables(environment, PREFIXES, NAMES)
    interpreter = os.path.realpath(sys.executable)  # `judge` and `python -m judge` may call one by two names
    parts: list[object] = [sorted(versions().items()), sys.version, interpreter, sys.prefix, os.geteuid(), chosen]
    return _digest([*parts, *code_stamps(), *_system(process)])


def chosen_variables(
    environment: Mapping[str, str], prefixes: tuple[str, ...], names: Collection[str] = ()
) -> list[tuple[str, str]]:
    """Variables of an environment, but for those that importing torch sets: they say only whether it was imported already.

    Args:
        environment: all.
        prefixes: of the names that count.
        names: that count too.
    """
    return sorted(
        (name, value)
        for name, value in environment.items()
        if (name.startswith(prefixes) or name in names) and name not in SET_BY_TORCH
    )


def code_stamps() -> Iterator[object]:
    """Of the files of this project: changes where one of them does."""
    for package in ("judge", "problems", "reference", "sandbox"):
        found = importlib.util.find_spec(package)  # imports nothing
        if found is not None and found.origin is not None:
            yield from _files(Path(found.origin).parent, "*.py")


def problem_stamp(problem: Problem) -> str:
    """Of the files that a problem consists of: changes where one of them does, or what its pack's frameworks import is another."""
    imported = {module.partition(".")[0] for each in problem.brought for module in (*each.imports, *each.importable)}
    places = filter(None, map(place_of, sorted(imported)))
    return _digest(
        [
            *_files(problem.folder, "*"),
            *_files(problem.reference.parent, "*.py"),
            *_stamps([problem.frameworks_file, *places]),
        ]
    )


def _system(process: int | None) -> Iterator[object]:
    """What a process inherits, beside its environment.

    Raises:
        OSError: there is no such process.
    """
    number, place = process or os.getpid(), "self" if process is None else str(process)
    if sys.platform.startswith("linux"):
        import resource

        for name in sorted(name for name in dir(resource) if name.startswith("RLIMIT_")):
            yield name, resource.prlimit(number, getattr(resource, name))
        yield sorted(os.sched_getaffinity(number))
        for name in NAMESPACES:
            with contextlib.suppress(OSError):  # not in this kernel
                yield name, os.readlink(f"/proc/{place}/ns/{name}")


def _files(folder: Path, pattern: str) -> Iterator[object]:
    for path in sorted(folder.rglob(pattern)):
        if "__pycache__" in path.parts:
            continue
        yield from _stamps([path])


def _stamps(paths: Iterable[Path]) -> Iterator[object]:
    for path in paths:
        with contextlib.suppress(OSError):  # not there, or removed meanwhile
            found = path.stat()
            yield str(path), found.st_mtime_ns, found.st_size, found.st_ino


def _digest(parts: list[object]) -> str:
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogateescape")).hexdigest()

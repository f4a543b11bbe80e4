"""The limits on this process that the system sets from outside: read where one of them was met, so that a message can name it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")
UNLIMITED = 1 << 60  # version 1 writes a number of this size where no limit is set
_OF_PROCESSES = ("resource temporarily unavailable", "can't start new thread", "blockingioerror")
_OF_DESCRIPTORS = ("too many open files",)
_OF_MEMORY = (
    "cannot allocate memory",
    "can't allocate memory",
    "memoryerror",
    "not enough memory",
    "bad_alloc",
    "failed to map segment",
)


def limits_met(words: str) -> str:
    """The limits that a failure may have met, to be added to its message; "" where its words speak of no shortage."""
    said = words.lower()
    for kind, signs in (("processes", _OF_PROCESSES), ("descriptors", _OF_DESCRIPTORS), ("memory", _OF_MEMORY)):
        if any(sign in said for sign in signs):
            return named_limits(kind)
    return ""


def named_limits(kind: str) -> str:
    """The limits on "processes", "descriptors" or "memory" in one sentence."""
    found = list({"processes": _processes, "descriptors": _descriptors, "memory": _memory}[kind]())
    what = {"processes": "processes and threads", "descriptors": "open files", "memory": "memory"}[kind]
    if not found:
        return f"No limit on {what} is set for this process: the machine itself has no more of them."
    return f"Limits on {what} here: {', '.join(found)}. Raise the one that is too low, or end other processes."


def _processes() -> Iterator[str]:
    yield from _of_process("RLIMIT_NPROC", "ulimit -u", 1, "")
    yield from _of_groups("pids", (("pids.max", "pids.current"),), 1, "")


def _descriptors() -> Iterator[str]:
    yield from _of_process("RLIMIT_NOFILE", "ulimit -n", 1, "")


def _memory() -> Iterator[str]:
    yield from _of_process("RLIMIT_AS", "ulimit -v", 1 << 20, " MiB of address space")
    files = (("memory.max", "memory.current"), ("memory.limit_in_bytes", "memory.usage_in_bytes"))
    yield from _of_groups("memory", files, 1 << 20, " MiB")


def _of_process(name: str, command: str, unit: int, words: str) -> Iterator[str]:
    """A limit of getrlimit(2), where one is set."""
    if sys.platform == "win32":
        return
    import resource

    soft = resource.getrlimit(getattr(resource, name))[0]
    if soft != resource.RLIM_INFINITY:
        yield f"{soft // unit:,}{words} ({command})"


def _of_groups(controller: str, files: Iterable[tuple[str, str]], unit: int, words: str) -> Iterator[str]:
    """Limits of this process's control group and of those above it (cgroups(7)), and how much of each is used.

    Args:
        controller: its name where each controller has a tree of its own (version 1).
        files: of a limit and of what is used, as version 2 and version 1 call them.
        unit: that the numbers are shown in.
        words: what follows a number.
    """
    for root, place in _groups(controller):
        folder = root / place.strip("/")
        for group in (folder, *folder.parents[: len(folder.relative_to(root).parts)]):
            for limit, used in files:
                try:
                    most, now = (int((group / name).read_text()) for name in (limit, used))
                except (OSError, ValueError):  # not of this version, or "max": there is no limit
                    continue
                if most < UNLIMITED:
                    shown = group.relative_to(root.parent)
                    yield f"{most // unit:,}{words} in the control group {shown} ({limit}; {now // unit:,} in use)"


def _groups(controller: str) -> Iterator[tuple[Path, str]]:
    """The root of each tree of control groups that holds this controller, and this process's place in it."""
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, place = line.split(":", 2)
        if controllers == "":
            yield next((root for root in (CGROUPS / "unified", CGROUPS) if root.is_dir()), CGROUPS), place
        elif controller in controllers.split(","):
            yield CGROUPS / controllers, place
